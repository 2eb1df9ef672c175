import type { Kafka } from '../cluster/kafka.ts';
import { consumerMetrics } from './metrics.ts';

/** Says that a group's offset is not on its topic any more, so that records were removed before the group read them. */
export function alarmOutOfRange(kafka: Kafka, group: string, topic: string, partition: number): void {
  consumerMetrics.outOfRange.inc({ group, topic });
  kafka.log.warn({ group, topic, partition }, 'records were removed before they were read; going on with the earliest');
}
