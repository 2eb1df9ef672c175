import { Counter, Gauge, Histogram } from 'prom-client';

/** What a consumer tells the lag gauges when they are scraped. */
export interface ProgressReport {
  readonly group: string;
  progress(): Iterable<{ topic: string; partition: number; lag: number; records: number }>;
}

/** The consumers of this process; each adds itself while it runs. */
export const reporting = new Set<ProgressReport>();

/** Metrics of consumption, one place. Records in = done + skipped + dead + what is still in work (promise 8). */
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
  lag: new Gauge({
    name: 'heliograph_consumer_lag_records',
    help: 'End offset minus watermark per topic-partition of this member',
    labelNames: ['group', 'topic', 'partition'],
    collect() {
      report(this, ({ lag }) => lag);
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

function report(
  gauge: Gauge<'group' | 'topic' | 'partition'>,
  read: (input: { lag: number; records: number }) => number,
): void {
  gauge.reset();
  for (const { group, progress } of [...reporting].map((r) => ({ group: r.group, progress: r.progress() }))) {
    for (const input of progress) {
      gauge.set({ group, topic: input.topic, partition: String(input.partition) }, read(input));
    }
  }
}
