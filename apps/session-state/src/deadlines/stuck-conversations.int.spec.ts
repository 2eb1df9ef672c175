import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RedisClient } from '@heliograph/redis';
import { Log, type RunningService } from '@heliograph/runtime';
import { startLocalRedis, testKafkaBrokers, uniqueNamespace, type RunningRedis } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONSENT_KEY } from '../../test/fold-rules.ts';
import { changed, HOUR, ofContact, partiesOfContact, received, sent, START } from '../../test/fact-builders.ts';
import { handedOff, held, wrappedUp } from '../../test/lifecycle-facts.ts';
import { StandIn, type Given } from '../../test/stand-in.ts';
import { SessionStateConfig } from '../config.ts';
import type { Fact } from '../fold/facts.ts';
import { startSessionState } from '../service.ts';

const namespace = uniqueNamespace('stuck');
const PARTITIONS = 3;
const CONVERSATIONS = 1_000;
const OF_EACH = 50;

/** The ways to get stuck, each with the facts after which nothing more comes from provider or customer. */
const WAYS = {
  'pending, then accepted': [received('a', 0), handedOff('agent-1', 0, { accepted: false })],
  'pending for ever': [received('a', 0), handedOff('agent-1', 0, { accepted: false })],
  queued: [received('a', 0), changed('q', 'queued', 0)],
  'queued, and never closed by the provider': [received('a', 0), changed('q', 'queued', 0)],
  'with an agent': [received('a', 0), handedOff('agent-1', 0)],
  'wrapped up': [handedOff('agent-1', 0), wrappedUp('agent-1', 0)],
  'without an answer of ours': [received('a', 0)],
  'without an answer of theirs': [sent('m', 0)],
  'with a message that waits': [held('h', 0)],
} satisfies Record<string, Fact[]>;
type Way = keyof typeof WAYS;

/** Hours since the start, in virtual time. */
let hours = 0;
const clock = (): number => START + hours * HOUR;

const wayOf = new Map<string, Way>();
const standIn = new StandIn(namespace, PARTITIONS, clock, ({ type, data }: Given) => {
  const way = wayOf.get(data.conversationId);
  if (type === 'participant.accept') return way === 'pending, then accepted';
  return way !== 'queued, and never closed by the provider';
});

let redis: RunningRedis;
let client: RedisClient;
const services: RunningService[] = [];

async function startReplica(): Promise<void> {
  const config = Object.assign(new SessionStateConfig(), {
    consentKey: CONSENT_KEY,
    kafkaBrokers: testKafkaBrokers(),
    redisUrl: redis.url,
    namespace,
    conversationPartitions: PARTITIONS,
    sessionTimeoutMs: 6_000,
    heartbeatMs: 200,
    publishDeadlineMs: 1_000,
    publishTryMs: 800,
    deadlineSweepMs: 50,
    deadlineSettleMs: 0,
  });
  services.push(await startSessionState(config, Log.open({ service: 'test', level: 'silent' }), clock));
}

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-redis-'));
  redis = await startLocalRedis({ folder, pidFolder: join(folder, 'pids'), say: () => undefined, temporary: true });
  client = new RedisClient({ url: redis.url, namespace });
  await client.whenUp();
  await startReplica();
  await standIn.open();
}, 90_000);

afterAll(async () => {
  await standIn.close();
  await Promise.all(services.map((service) => service.stop()));
  await client.close();
  await redis.stop();
}, 60_000);

/** Lets the time pass, and waits for so many commands of each type to have been given since the start. */
async function at(moment: number, given: { accept?: number; close?: number; send?: number; closed?: number }) {
  hours = moment;
  const { accept = 0, close = 0, send = 0, closed = 0 } = given;
  await standIn.until(
    `${JSON.stringify(given)} at ${moment} h`,
    () =>
      standIn.given('participant.accept') >= accept &&
      standIn.given('conversation.close') >= close &&
      standIn.given('message.send') >= send &&
      standIn.entries('session.closed').length >= closed,
  );
  const counts = [
    standIn.given('participant.accept'),
    standIn.given('conversation.close'),
    standIn.given('message.send'),
  ];
  expect(counts).toEqual([accept, close, send]);
  expect(standIn.entries('session.closed')).toHaveLength(closed);
}

const actionsOf = (way: Way): Record<string, number> => {
  const stuck = standIn.entries('session.stuck').filter(({ conversationId }) => wayOf.get(conversationId) === way);
  const actions: Record<string, number> = {};
  for (const { fact } of stuck) actions[String(fact.action)] = (actions[String(fact.action)] ?? 0) + 1;
  return actions;
};

describe(`of ${CONVERSATIONS} conversations, ${OF_EACH} that get stuck in each way (guide 000, section 5)`, () => {
  const ways = Object.keys(WAYS) as Way[];
  const healthy = CONVERSATIONS - ways.length * OF_EACH;

  it('are in their stages while the others have ended', async () => {
    const facts: Fact[] = [];
    for (let index = 0; index < CONVERSATIONS; index++) {
      const contact = `1555030${String(index).padStart(4, '0')}`;
      const way = ways[Math.floor(index / OF_EACH)];
      if (way) wayOf.set(partiesOfContact(contact).conversationId, way);
      const own = way ? WAYS[way] : [received('a', 0), changed('end', 'closed', 0)];
      facts.push(...own.map((fact) => ofContact(contact, fact)));
    }
    await standIn.publish(facts);
    const isFolded = () => facts.every(({ id }) => folded.has(id));
    const folded = new Set<string>();
    await standIn.until('every fact is folded', () => {
      for (const { factId } of standIn.timeline) folded.add(factId);
      return isFolded();
    });
    await at(0, { closed: healthy });
  }, 120_000);

  it('are set accepted where a participant was left pending', async () => {
    await at(0.05, { accept: 2 * OF_EACH, closed: healthy });
    await standIn.until(
      'those who answer are with an agent',
      () => standIn.entries('participant.accepted').length === OF_EACH,
    );
    await at(0.1, { accept: 3 * OF_EACH, closed: healthy });
  }, 60_000);

  it('are still found after Redis was lost, though no fact comes any more', async () => {
    await client.client.flushall();
    await at(0.15, { accept: 4 * OF_EACH, closed: healthy });
    await at(0.2, { accept: 4 * OF_EACH, close: OF_EACH, closed: healthy + OF_EACH });
  }, 90_000);

  it('are still found when their partitions move to another replica, and when the first one ends', async () => {
    await startReplica();
    await at(1.1, { accept: 4 * OF_EACH, close: 2 * OF_EACH, closed: healthy + 2 * OF_EACH });
    await services.shift()!.stop();
    await at(24.1, { accept: 4 * OF_EACH, close: 4 * OF_EACH, closed: healthy + 3 * OF_EACH });
  }, 120_000);

  it('are closed without the provider in the end, where it does nothing', async () => {
    const closed = healthy + 3 * OF_EACH;
    for (const [index, moment] of [24.4, 24.8, 25.6, 27].entries()) {
      await at(moment, { accept: 4 * OF_EACH, close: (5 + index) * OF_EACH, closed });
    }
    await at(29.8, { accept: 4 * OF_EACH, close: 8 * OF_EACH, closed: closed + OF_EACH });
  }, 120_000);

  it('are given again when what waits for the customer expires', async () => {
    const before = { accept: 4 * OF_EACH, close: 8 * OF_EACH, closed: healthy + 4 * OF_EACH };
    await at(48.1, { ...before, send: OF_EACH });
    await standIn.until('their failure is told', () => standIn.entries('message.failed').length === OF_EACH);
  }, 60_000);

  it('are all closed at last: none stays for ever', async () => {
    await at(72.2, { accept: 4 * OF_EACH, close: 11 * OF_EACH, send: OF_EACH, closed: CONVERSATIONS - OF_EACH });
    await at(121, { accept: 4 * OF_EACH, close: 11 * OF_EACH, send: OF_EACH, closed: CONVERSATIONS });
    for (let partition = 0; partition < PARTITIONS; partition++) {
      expect(await client.client.zcard(`{p${partition}}:deadlines:session-state`)).toBe(0);
    }
  }, 90_000);

  it('have it all on the timeline, gap-free', () => {
    expect(Object.fromEntries(ways.map((way) => [way, actionsOf(way)]))).toEqual({
      'pending, then accepted': { 're-assert': OF_EACH, close: OF_EACH },
      'pending for ever': { 're-assert': 3 * OF_EACH, close: OF_EACH },
      queued: { close: OF_EACH },
      'queued, and never closed by the provider': { close: 5 * OF_EACH, 'give-up': OF_EACH },
      'with an agent': { close: OF_EACH },
      'wrapped up': { close: OF_EACH },
      'without an answer of ours': { close: OF_EACH },
      'without an answer of theirs': {},
      'with a message that waits': {},
    });
    const last = new Map<string, number>();
    for (const { conversationId, sequence } of standIn.timeline) {
      expect(sequence).toBeLessThanOrEqual((last.get(conversationId) ?? 0) + 1);
      last.set(conversationId, Math.max(sequence, last.get(conversationId) ?? 0));
    }
    expect(last.size).toBe(CONVERSATIONS);
  });
});
