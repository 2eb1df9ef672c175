import { Counter, Gauge, Histogram } from 'prom-client';

/** Who says how many bytes are held now; a process has one of them. */
export const inFlight = new Set<{ readonly inUse: number }>();

/** Everything ingress-webhooks counts. Profiles that do not exist are counted as `unknown`. */
export const metrics = {
  requests: new Counter({
    name: 'heliograph_ingress_requests_total',
    help: 'Webhook requests by how they ended',
    labelNames: ['profile', 'result'] as const,
  }),
  events: new Counter({
    name: 'heliograph_ingress_events_total',
    help: 'Events written durably',
    labelNames: ['profile'] as const,
  }),
  bytes: new Counter({
    name: 'heliograph_ingress_received_bytes_total',
    help: 'Bytes of webhook bodies read',
    labelNames: ['profile'] as const,
  }),
  seconds: new Histogram({
    name: 'heliograph_ingress_request_seconds',
    help: 'From the head of a webhook request to its answer',
    labelNames: ['profile'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
  }),
  inFlightBytes: new Gauge({
    name: 'heliograph_ingress_in_flight_bytes',
    help: 'Bytes of webhook bodies held until they are answered',
    collect() {
      this.set([...inFlight].reduce((sum, { inUse }) => sum + inUse, 0));
    },
  }),
};
