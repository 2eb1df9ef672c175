import { Counter, Gauge, Histogram } from 'prom-client';

/** Who says how many bytes are held now; a process has one of them. */
export const inFlight = new Set<{ readonly inUse: number }>();

/** How many secrets are active; a process has one of them. */
export const activeSecrets = new Set<{ counts(): Iterable<{ account: string; count: number }> }>();

/** What is known of registrations at providers; a process has one of them. */
export interface RegistrationReport {
  states(): Iterable<{ account: string; registration: string; state: string }>;
  accounts(): Iterable<{ account: string; holdsLease: boolean; uncheckedSeconds: number }>;
}
export const registrations = new Set<RegistrationReport>();

const REGISTRATION_STATES = ['ok', 'missing', 'failing'];

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
  activeSecrets: new Gauge({
    name: 'heliograph_ingress_active_secrets',
    help: 'Active webhook secrets: two while they are being changed',
    labelNames: ['account'] as const,
    collect() {
      this.reset();
      for (const one of activeSecrets) for (const { account, count } of one.counts()) this.set({ account }, count);
    },
  }),
  secretChanges: new Counter({
    name: 'heliograph_ingress_secret_changes_total',
    help: 'Changes of the active webhook secrets that were taken without a restart',
    labelNames: ['account'] as const,
  }),
  secretsRefused: new Counter({
    name: 'heliograph_ingress_secrets_refused_total',
    help: 'Changes of the files of webhook secrets that cannot be used; the secrets stayed as they were',
  }),
  subscriptions: new Gauge({
    name: 'heliograph_ingress_subscriptions',
    help: 'Registrations at the provider as this replica, if it keeps them, last found them: 1 for ok, missing or failing',
    labelNames: ['account', 'registration', 'state'] as const,
    collect() {
      this.reset();
      for (const { account, registration, state } of [...registrations].flatMap((one) => [...one.states()])) {
        for (const name of REGISTRATION_STATES)
          this.set({ account, registration, state: name }, name === state ? 1 : 0);
      }
    },
  }),
  subscriptionAge: new Gauge({
    name: 'heliograph_ingress_subscriptions_unchecked_seconds',
    help: 'Seconds since any replica last found all registrations as they should be; since the start when none is known',
    labelNames: ['account'] as const,
    collect() {
      for (const { account, uncheckedSeconds } of [...registrations].flatMap((one) => [...one.accounts()])) {
        this.set({ account }, uncheckedSeconds);
      }
    },
  }),
  subscriptionLease: new Gauge({
    name: 'heliograph_ingress_subscriptions_lease_held',
    help: '1 while this replica is the one that keeps the registrations of the account',
    labelNames: ['account'] as const,
    collect() {
      for (const { account, holdsLease } of [...registrations].flatMap((one) => [...one.accounts()])) {
        this.set({ account }, holdsLease ? 1 : 0);
      }
    },
  }),
  subscriptionChecks: new Counter({
    name: 'heliograph_ingress_subscription_checks_total',
    help: 'Checks of the registrations of an account by how they ended: ok, throttled, failed, abandoned with the lease',
    labelNames: ['account', 'result'] as const,
  }),
  subscriptionChanges: new Counter({
    name: 'heliograph_ingress_subscription_changes_total',
    help: 'What was done to registrations at the provider: created, replaced, removed',
    labelNames: ['account', 'registration', 'change'] as const,
  }),
};
