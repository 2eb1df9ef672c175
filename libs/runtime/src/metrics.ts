import { collectDefaultMetrics, Histogram, register } from 'prom-client';

/** Metrics of every service. */
export const runtimeMetrics = {
  httpSeconds: new Histogram({
    name: 'heliograph_http_request_seconds',
    help: 'Time from the arrival of an HTTP request to the end of its answer, by route pattern',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  }),
};

/** Adds the process metrics (CPU, memory, event loop, garbage collection) to the default registry, once per process. */
export function collectProcessMetrics(): void {
  if (register.getSingleMetric('process_cpu_seconds_total') === undefined) collectDefaultMetrics();
}
