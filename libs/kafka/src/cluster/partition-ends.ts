import type { TopicDefinition } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import { listPlatformaticEnds } from '../platformatic/platformatic-ends.ts';
import { openCluster, READ_UNCOMMITTED, type ClusterConnection } from './connection.ts';
import type { EndsConnection } from './ends-connection.ts';
import type { Kafka } from './kafka.ts';

/**
 * Asks, again and again, where the partitions of a topic end: one small request per broker, on a connection that stays open.
 *
 * The answer is the high watermark. A record that was acknowledged (`acks=all`) before the question was sent lies before it: the
 * leader acknowledges when its high watermark has passed the record, and a new leader does not answer until its own has caught up
 * with what it took over (KIP-207).
 */
export interface PartitionEnds {
  /** By partition. @throws Unavailable */
  ask(): Promise<ReadonlyMap<number, number>>;
  close(): Promise<void>;
}

/** On the client library of the settings; connects when it is first asked, and again after a failure. */
export function partitionEnds(kafka: Kafka, topic: TopicDefinition): PartitionEnds {
  const physical = kafka.physical(topic.name);
  const open = () =>
    kafka.settings.client === 'kafkajs' ? openKafkajsEnds(kafka, physical) : listPlatformaticEnds(kafka, physical);
  return new ReopenedEnds(open, physical);
}

class ReopenedEnds implements PartitionEnds {
  private connection: Promise<EndsConnection> | undefined;
  private closed = false;

  constructor(
    private readonly open: () => Promise<EndsConnection>,
    private readonly topic: string,
  ) {}

  async ask(): Promise<ReadonlyMap<number, number>> {
    if (this.closed) throw new Unavailable('kafka', 'the reader of ends is closed');
    const connection = (this.connection ??= this.open());
    try {
      return await (await connection).ask();
    } catch (error) {
      if (this.connection === connection) this.connection = undefined;
      await connection.then(
        (one) => one.close(),
        () => undefined,
      );
      const reason = error instanceof Error ? error.message : String(error);
      throw new Unavailable('kafka', `where ${this.topic} ends is not known: ${reason}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    const connection = await this.connection?.catch(() => undefined);
    await connection?.close();
  }
}

async function openKafkajsEnds(kafka: Kafka, topic: string): Promise<EndsConnection> {
  const connection = openCluster(kafka, {}, READ_UNCOMMITTED);
  try {
    await connection.cluster.connect();
    await connection.cluster.addTargetTopic(topic);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return { ask: () => askKafkajs(connection, topic), close: connection.close };
}

async function askKafkajs({ cluster }: ClusterConnection, topic: string): Promise<ReadonlyMap<number, number>> {
  await cluster.refreshMetadataIfNecessary();
  const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => ({ partition: partitionId }));
  const [found] = await cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning: false }]);
  return new Map((found?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]));
}
