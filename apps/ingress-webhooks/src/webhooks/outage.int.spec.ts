import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS } from '@heliograph/contracts';
import type { RunningService } from '@heliograph/runtime';
import {
  guideMessage,
  guideSignature,
  readAll,
  startPrivateKafka,
  waitFor,
  type RunningKafka,
} from '@heliograph/testing';
import { SECRETS, startedIngress } from '../../fixtures/started-ingress.ts';

const MIB = 1_048_576;
/** How late this process, which the service runs in, was at most: a busy machine's fault, not the service's. */
const lateness = monitorEventLoopDelay({ resolution: 10 });
const within = (ms: number): number => ms + 2 * (lateness.max / 1e6);

let kafka: RunningKafka;
let service: RunningService;
/** Ids of the events whose webhook was answered with 200. */
const acknowledged = new Set<string>();

async function send(event: { id: string } = guideMessage()) {
  const body = JSON.stringify(event);
  const began = performance.now();
  const response = await fetch(`${service.address}/webhooks/genesys-guide/one`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-genesys-cloud-signature': guideSignature(SECRETS[0], body) },
  });
  await response.text();
  if (response.status === 200) acknowledged.add(event.id);
  const { status, headers } = response;
  return { status, retryAfter: Number(headers.get('retry-after')), ms: performance.now() - began };
}

const accepted = () =>
  waitFor(async () => (await send()).status === 200, { timeoutMs: 30_000, description: 'webhooks are accepted again' });

/** A broker that is told to stop may still acknowledge what reaches it in that moment. */
const refused = () =>
  waitFor(async () => (await send()).status === 503, { timeoutMs: 30_000, description: 'webhooks are refused' });

beforeAll(async () => {
  lateness.enable();
  kafka = await startPrivateKafka();
  service = await startedIngress({ kafkaBrokers: kafka.brokers, maxInFlightBytes: 4 * MIB });
}, 180_000);

afterAll(async () => {
  await service.stop();
  await kafka.stop();
});

describe('while Kafka cannot take webhooks', () => {
  it('they get 503 with Retry-After within 2 s when the broker does not answer, and 200 again after', async () => {
    await accepted();
    await kafka.pause();
    await refused();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send()));
    await kafka.resume();
    for (const { status, retryAfter, ms } of answers) {
      expect(status).toBe(503);
      expect(retryAfter).toBeGreaterThan(0);
      expect(ms).toBeLessThan(within(2_000));
    }
    await accepted();
  }, 60_000);

  it('what exceeds the byte budget gets 503 at once instead of filling the memory', async () => {
    const large = () => ({ ...guideMessage(), filler: 'x'.repeat(800_000) });
    await kafka.pause();
    await refused();
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(large())));
    await kafka.resume();
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(503));
    // The others wait for their deadline of 1.5 s.
    const first = Math.min(...answers.map(({ ms }) => ms));
    expect(answers.filter(({ ms }) => ms < first + 1_000).length).toBeGreaterThanOrEqual(7);
    expect((await fetch(`${service.address}/health/live`)).status).toBe(200);
    await accepted();
  }, 60_000);

  it('they get 503 within 2 s when the broker is gone, and 200 again when it is back', async () => {
    await kafka.kill();
    const answers = await Promise.all(Array.from({ length: 20 }, () => send()));
    for (const { status, ms } of answers) {
      expect(status).toBe(503);
      expect(ms).toBeLessThan(within(2_000));
    }
    await kafka.restart();
    await accepted();
  }, 90_000);

  it('no webhook that was answered with 200 is missing on the topic', async () => {
    const records = await readAll(kafka.brokers, TOPICS.webhookReceived.name);
    const stored = new Set(records.map(({ headers }) => headers.ce_eventid));
    expect(acknowledged.size).toBeGreaterThanOrEqual(4);
    expect([...acknowledged].filter((id) => !stored.has(id))).toEqual([]);
  }, 60_000);
});
