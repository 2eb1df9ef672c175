import { Counter, Gauge, Histogram } from 'prom-client';
import type { PublicationEnd } from './publication.ts';

/** Metrics of publishing, one place. Topics by their logical names. */
export const publisherMetrics = {
  records: new Counter({
    name: 'heliograph_publisher_records_total',
    help: 'Records given to the publisher, by how they ended: acknowledged, expired, too-large, refused or closed',
    labelNames: ['topic', 'outcome'],
  }),
  tries: new Counter({
    name: 'heliograph_publisher_tries_total',
    help: 'Produce requests by result: acknowledged, failed (tried again) or refused (split up)',
    labelNames: ['result'],
  }),
  seconds: new Histogram({
    name: 'heliograph_publisher_acknowledge_seconds',
    help: 'Time from the start of a batch, with its retries, to its acknowledgement',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  }),
  batch: new Histogram({
    name: 'heliograph_publisher_batch_records',
    help: 'Records of one batch',
    buckets: [1, 3, 10, 30, 100, 300, 1000],
  }),
  waiting: new Gauge({
    name: 'heliograph_publisher_waiting_bytes',
    help: 'Bytes of records that wait for their acknowledgement',
  }),
};

const records = new Map<string, Counter.Internal>();

/** Counts a record by how it ended. Labels are resolved once: looking them up costs more than counting. */
export function countRecord(topic: string, outcome: PublicationEnd): void {
  const labels = `${topic} ${outcome}`;
  let counter = records.get(labels);
  if (!counter) records.set(labels, (counter = publisherMetrics.records.labels({ topic, outcome })));
  counter.inc();
}
