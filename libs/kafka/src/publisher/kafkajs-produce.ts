import type { Cluster } from 'kafkajs';
import { brokerError } from '../cluster/broker-error.ts';
import { openCluster, type ClusterConnection } from '../cluster/connection.ts';
import type { Kafka } from '../cluster/kafka.ts';
import { refusesRecords, TOPIC_REFUSALS, type ProduceConnection, type Refusal } from './produce-connection.ts';
import { produceRequest, type ProduceResponse, type Protocol } from './produce-request.ts';
import { placeOf, type Sendable } from './send-queue.ts';
import { byLeader, type Share } from './shares.ts';

/** The part of kafkajs' broker below its own requests, which its types do not show. */
interface Broker {
  readonly connectionPool: { readonly send: (protocol: Protocol) => Promise<ProduceResponse> };
}

/** Produces through kafkajs' cluster and broker objects (the reasons are in cluster/connection.ts). */
export class KafkajsProduceConnection implements ProduceConnection {
  private readonly connection: ClusterConnection;
  /** Topics this connection was asked for with success; kafkajs asks for all of them each time. */
  private readonly topics = new Set<string>();
  private wasCut = false;

  constructor(kafka: Kafka, requestTimeout: number) {
    this.connection = openCluster(kafka, { requestTimeout });
  }

  async send(batch: readonly Sendable[], withinMs: number): Promise<Refusal[]> {
    const { cluster } = this.connection;
    await cluster.connect();
    const refusal = await this.loadMetadata(cluster, batch);
    if (refusal) return [refusal];
    const leaderOf = (topic: string, partition: number) =>
      Object.keys(cluster.findLeaderForPartitions(topic, [partition]))[0];
    const { shares, homeless } = byLeader(batch, leaderOf);
    const brokers = await Promise.all(shares.map(({ leader }) => cluster.findBroker({ nodeId: leader })));
    // A try that was given up while it connected must not send after all.
    if (this.wasCut) throw new Error('the try was given up');
    const results = await Promise.allSettled(
      shares.map((share, i) => produce(brokers[i] as unknown as Broker, share, withinMs)),
    );
    const refusals: Refusal[] = homeless.length > 0 ? [{ records: homeless, reason: 'NO_SUCH_PARTITION' }] : [];
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason as Error;
      if (result.value) refusals.push(result.value);
    }
    return refusals;
  }

  cut(): void {
    this.wasCut = true;
    this.connection.cut();
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private async loadMetadata(cluster: Cluster, batch: readonly Sendable[]): Promise<Refusal | undefined> {
    const wanted = new Set(batch.map((record) => record.topic));
    try {
      await cluster.addMultipleTargetTopics([...wanted]);
      await cluster.refreshMetadataIfNecessary();
      for (const topic of wanted) this.topics.add(topic);
      return undefined;
    } catch (error) {
      const reason = brokerError(error)?.type;
      // kafkajs fails for all topics when one cannot be had; only without others is it certain that one of these is meant.
      const certain = [...this.topics].every((topic) => wanted.has(topic));
      if (!certain || reason === undefined || !TOPIC_REFUSALS.has(reason)) throw error;
      return { records: batch, reason };
    }
  }
}

async function produce(broker: Broker, { records }: Share<string>, timeout: number): Promise<Refusal | undefined> {
  // The last look at the deadlines; encoding, a few milliseconds at most, is all that follows before the first byte.
  const due = records.filter((record) => record.publication.isDue());
  if (due.length === 0) return undefined;
  try {
    acknowledge(due, await broker.connectionPool.send(produceRequest(due, timeout)));
    return undefined;
  } catch (error) {
    const answer = brokerError(error);
    if (!answer || !refusesRecords(answer)) throw error;
    return { records: due, reason: answer.type };
  }
}

function acknowledge(records: readonly Sendable[], { topics }: ProduceResponse): void {
  const answered = new Set(topics.flatMap((t) => t.partitions.map((p) => placeOf(t.topicName, p.partition))));
  for (const record of records) {
    if (!answered.has(record.place)) continue;
    record.acknowledged = true;
    record.publication.acknowledge();
  }
  if (records.some((record) => !record.acknowledged)) throw new Error('the broker did not answer for every partition');
}
