import { parkedTopic, type TopicDefinition } from '@heliograph/contracts';
import { committedOffset } from '../../cluster/committed-offset.ts';
import type { Kafka } from '../../cluster/kafka.ts';
import type { EventPublisher, OutgoingRecord } from '../../publisher/event-publisher.ts';
import { partitionOf } from '../../publisher/partition-of.ts';
import type { PartitionRecord } from '../../readers/fetched.ts';
import { readPartition } from '../../readers/read-partition.ts';
import type { SourceRecord } from '../record-source.ts';
import type { ParkedStore, VisitCopy } from './parked-store.ts';

/** Parked topics on Kafka: written through the publisher, read without the group. */
export class KafkaParkedStore implements ParkedStore {
  private readonly inputs: ReadonlyMap<string, TopicDefinition>;

  constructor(
    private readonly kafka: Kafka,
    private readonly group: string,
    inputs: readonly TopicDefinition[],
    private readonly publisher: EventPublisher,
  ) {
    this.inputs = new Map(inputs.map((input) => [input.name, input]));
  }

  topicOf(input: string): string {
    return this.definition(input).name;
  }

  leadsTo(partition: number, input: string, key: Buffer | null): boolean {
    if (key === null || key.length === 0) return false;
    return partitionOf(key, this.kafka.partitionsOf(this.inputs.get(input)!)) === partition;
  }

  async append(input: string, copy: OutgoingRecord): Promise<void> {
    await this.publisher.publishRecord(this.definition(input), copy);
  }

  async read(input: string, partition: number, from: number | 'committed', visit: VisitCopy): Promise<number> {
    const topic = this.definition(input);
    const start = from === 'committed' ? await committedOffset(this.kafka, this.group, topic, partition) : from;
    let next = 0;
    const stop = new Stop();
    const take = (record: PartitionRecord): void => {
      next = record.offset + 1;
      if (!visit(toSource(topic.name, record))) throw stop;
    };
    try {
      return (await readPartition(this.kafka, topic, partition, { from: start, visit: take })).next;
    } catch (error) {
      if (error !== stop) throw error;
      return next;
    }
  }

  private definition(input: string): TopicDefinition {
    return parkedTopic(this.inputs.get(input)!, this.group);
  }
}

/** Thrown to end a read early. */
class Stop extends Error {}

function toSource(topic: string, { partition, offset, key, value, headers }: PartitionRecord): SourceRecord {
  return { topic, partition, offset, key, value, headers, bytes: (key?.length ?? 0) + (value?.length ?? 0) };
}
