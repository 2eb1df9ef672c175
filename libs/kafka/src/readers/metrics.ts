import { Counter } from 'prom-client';

/** Metrics of reading topics whole, one place. */
export const readerMetrics = {
  invalid: new Counter({
    name: 'heliograph_reader_invalid_records_total',
    help: 'Records of a followed topic that are no valid event of it and were passed over',
    labelNames: ['topic'],
  }),
};
