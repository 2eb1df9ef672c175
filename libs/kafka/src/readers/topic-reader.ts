import type { TopicDefinition } from '@heliograph/contracts';
import { committedOffset } from '../cluster/committed-offset.ts';
import type { Kafka } from '../cluster/kafka.ts';
import { readPartition, type ReadOptions, type ReadResult } from './read-partition.ts';

/** What a rebuild asks Kafka, behind a port. */
export interface TopicReader {
  /** As {@link readPartition}. */
  read(topic: TopicDefinition, partition: number, options: ReadOptions): Promise<ReadResult>;
  /** As {@link committedOffset}. */
  committed(group: string, topic: TopicDefinition, partition: number): Promise<number | undefined>;
}

export function topicReader(kafka: Kafka): TopicReader {
  return {
    read: (topic, partition, options) => readPartition(kafka, topic, partition, options),
    committed: (group, topic, partition) => committedOffset(kafka, group, topic, partition),
  };
}
