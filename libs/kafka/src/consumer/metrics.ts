import { Counter, Gauge, Histogram } from 'prom-client';
import type { Progress } from './consumer-options.ts';

/** What a consumer tells the gauges when they are scraped. */
export interface ProgressReport {
  readonly group: string;
  progress(): Iterable<Progress>;
}

/** The consumers of this process; each adds itself while it runs. */
export const reporting = new Set<ProgressReport>();

/**
 * Metrics of consumption, one place. Of a process (promise 8):
 * received + returned = done + skipped + dead + parked + unfinished in memory.
 */
export const consumerMetrics = {
  received: new Counter({
    name: 'heliograph_consumer_received_total',
    help: 'Records taken from Kafka, redeliveries within one assignment not counted',
    labelNames: ['group', 'topic'],
  }),
  finished: new Counter({
    name: 'heliograph_consumer_finished_total',
    help: 'Records that ended, by outcome: done, skipped or dead',
    labelNames: ['group', 'topic', 'outcome'],
  }),
  failures: new Counter({
    name: 'heliograph_consumer_failures_total',
    help: 'Handler calls that threw, by error class',
    labelNames: ['group', 'topic', 'error'],
  }),
  seconds: new Histogram({
    name: 'heliograph_consumer_handle_seconds',
    help: 'Time from the last start of the handler to the end of the record',
    labelNames: ['group', 'topic'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
  }),
  outOfRange: new Counter({
    name: 'heliograph_consumer_out_of_range_total',
    help: 'Partitions whose committed offset was not on the topic any more: records were removed before they were read',
    labelNames: ['group', 'topic'],
  }),
  lag: new Gauge({
    name: 'heliograph_consumer_lag_records',
    help: 'End offset minus watermark per topic-partition of this member; scale on it',
    labelNames: ['group', 'topic', 'partition'],
    collect() {
      report(this, ({ lag }) => lag);
    },
  }),
  age: new Gauge({
    name: 'heliograph_consumer_oldest_unfinished_seconds',
    help: 'Time since the oldest unfinished record that was read was written; 0 without one',
    labelNames: ['group', 'topic', 'partition'],
    collect() {
      report(this, ({ ageSeconds }) => ageSeconds());
    },
  }),
  parked: new Counter({
    name: 'heliograph_consumer_parked_total',
    help: 'Records moved to the parked topic, by the topic they came from',
    labelNames: ['group', 'topic'],
  }),
  returned: new Counter({
    name: 'heliograph_consumer_returned_total',
    help: 'Parked records that ended, by the topic they came from',
    labelNames: ['group', 'topic'],
  }),
  parkedRecords: new Gauge({
    name: 'heliograph_consumer_parked_records',
    help: 'Unfinished records on a parked topic, in the partitions of this member',
    labelNames: ['group', 'topic', 'partition'],
    collect() {
      report(this, ({ parked }) => parked()?.records);
    },
  }),
  parkedKeys: new Gauge({
    name: 'heliograph_consumer_parked_keys',
    help: 'Keys with unfinished records on a parked topic, in the partitions of this member',
    labelNames: ['group', 'topic', 'partition'],
    collect() {
      report(this, ({ parked }) => parked()?.keys);
    },
  }),
  waiting: new Gauge({
    name: 'heliograph_consumer_unfinished_records',
    help: 'Records in memory that are not finished',
    labelNames: ['group', 'topic', 'partition'],
    collect() {
      report(this, ({ records }) => records);
    },
  }),
};

function report(gauge: Gauge<'group' | 'topic' | 'partition'>, read: (input: Progress) => number | undefined): void {
  gauge.reset();
  for (const member of reporting) {
    for (const input of member.progress()) {
      const value = read(input);
      const labels = { group: member.group, topic: input.topic, partition: String(input.partition) };
      if (value !== undefined) gauge.set(labels, value);
    }
  }
}
