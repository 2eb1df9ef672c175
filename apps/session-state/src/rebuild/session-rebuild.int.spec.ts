import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENTS, type SessionSnapshot, type TimelineEntry, TOPICS } from '@heliograph/contracts';
import { SessionReader, sessionKey } from '@heliograph/conversations';
import { connectKafka, EventPublisher, partitionOf, type OutgoingEvent } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Log, type RunningService } from '@heliograph/runtime';
import {
  followTopic,
  startLocalRedis,
  testKafkaBrokers,
  uniqueNamespace,
  waitFor,
  type Following,
  type ReadRecord,
  type RunningRedis,
} from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CONSENT_KEY } from '../../test/fold-rules.ts';
import { factsOf } from '../../test/fact-builders.ts';
import { SessionStateConfig } from '../config.ts';
import type { Fact } from '../fold/facts.ts';
import { startSessionState } from '../service.ts';

const namespace = uniqueNamespace('session-rebuild');
const PARTITIONS = 2;
const contacts = Array.from({ length: 12 }, (_, index) => factsOf(`1555020${String(index).padStart(4, '0')}`));

let redis: RunningRedis;
let client: RedisClient;
let service: RunningService;
let publisher: EventPublisher;
let readers: Following[];
const timeline: TimelineEntry[] = [];
const published: Fact[] = [];

const config = (): SessionStateConfig =>
  Object.assign(new SessionStateConfig(), {
    consentKey: CONSENT_KEY,
    kafkaBrokers: testKafkaBrokers(),
    redisUrl: redis.url,
    namespace,
    conversationPartitions: PARTITIONS,
    sessionTimeoutMs: 6_000,
    heartbeatMs: 200,
    publishDeadlineMs: 1_000,
    publishTryMs: 800,
  });

const start = (): Promise<RunningService> =>
  startSessionState(config(), Log.open({ service: 'test', level: 'silent' }));

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-redis-'));
  redis = await startLocalRedis({ folder, pidFolder: join(folder, 'pids'), say: () => undefined, temporary: true });
  client = new RedisClient({ url: redis.url, namespace });
  const brokers = testKafkaBrokers();
  publisher = new EventPublisher(
    connectKafka({ brokers, clientId: 'spec', namespace, conversationPartitions: PARTITIONS }),
  );
  service = await start();
  const onRecord = ({ json }: ReadRecord): void => void timeline.push(json as TimelineEntry);
  const topic = namespace + TOPICS.conversationTimeline.name;
  readers = [await followTopic({ brokers, topic, group: `${namespace}reader`, onRecord })];
}, 90_000);

afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.close()));
  await service.stop();
  await publisher.close();
  await client.close();
  await redis.stop();
}, 30_000);

const contractOf = (fact: Fact) => Object.values(EVENTS).find(({ type }) => type === fact.type)!;

async function publish(facts: Fact[]): Promise<void> {
  published.push(...facts);
  await publisher.publish(facts.map((event): OutgoingEvent => ({ contract: contractOf(event), event })));
}

/** One round of a conversation for every contact: five facts over both inputs. */
function round(name: string): Fact[] {
  const at = { providerConversationId: `pc ${name}` };
  return contacts.flatMap(({ received, sent, receipt, changed }) => [
    received(`${name} a`, 1, at),
    receipt(`${name} m`, 'delivered', 2),
    sent(`${name} m`, 1, at),
    receipt(`${name} m`, 'read', 3),
    changed(`${name} end`, 'closed', 4, `pc ${name}`),
  ]);
}

/** The entries as a reader takes them that drops every sequence not above the last one it saw. */
function asRead(conversationId: string): TimelineEntry[] {
  const seen: TimelineEntry[] = [];
  for (const entry of timeline) {
    if (entry.conversationId === conversationId && entry.sequence > (seen.at(-1)?.sequence ?? 0)) seen.push(entry);
  }
  return seen;
}

/** The facts that always get an entry of their own; a receipt can come as an entry of its send. */
const mustShow = (conversationId: string): string[] =>
  published
    .filter(({ partitionKey, type }) => partitionKey === conversationId && type !== 'message.status-reported')
    .map(({ id }) => id);

/** Every fact is on the timeline, and every message is at the furthest of its receipts. */
async function allFolded(): Promise<void> {
  await client.whenUp();
  const folded = async (id: string): Promise<boolean> => {
    const shown = new Set(asRead(id).map(({ factId }) => factId));
    if (!mustShow(id).every((factId) => shown.has(factId))) return false;
    const state = await stateInRedis(id);
    const sends = published.filter(({ partitionKey, type }) => partitionKey === id && type === 'message.sent');
    return state?.messages.filter(({ status }) => status === 'read').length === sends.length;
  };
  await waitFor(async () => (await Promise.all(contacts.map(({ id }) => folded(id)))).every(Boolean), {
    timeoutMs: 40_000,
    description: 'every fact is folded',
  });
}

const stateInRedis = (id: string): Promise<SessionSnapshot | undefined> =>
  new SessionReader(client).read(partitionOf(id, PARTITIONS), id);

function expectWholeTimelines(): void {
  for (const { id } of contacts) {
    const entries = asRead(id);
    expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
    expect(new Set(entries.map(({ factId }) => factId)).size).toBe(entries.length);
    for (const entry of timeline.filter(({ conversationId }) => conversationId === id)) {
      expect(entry.factId).toBe(entries[entry.sequence - 1]?.factId);
    }
  }
}

describe('a rebuild after Redis was lost', () => {
  it('brings back the same states, and the numbers go on', async () => {
    await publish(round('first'));
    await allFolded();
    const before = await Promise.all(contacts.map(({ id }) => stateInRedis(id)));
    await client.client.flushall();
    // One fact per partition: it finds its fence missing.
    const firsts = [0, 1].map((partition) => contacts.findIndex(({ id }) => partitionOf(id, PARTITIONS) === partition));
    await publish(firsts.map((index) => contacts[index]!.received('after', 5)));
    await allFolded();
    for (const [index, { id }] of contacts.entries()) {
      const after = await stateInRedis(id);
      if (firsts.includes(index)) expect(after?.sequence).toBe(before[index]!.sequence + 2);
      else expect(after).toEqual(before[index]);
    }
    expectWholeTimelines();
  }, 60_000);

  it('loses, doubles and skips nothing when Redis is flushed in the midst of the work', async () => {
    for (const name of ['second', 'third', 'fourth']) {
      const seen = timeline.length;
      await publish(round(name));
      await waitFor(() => timeline.length > seen, { description: 'the work has begun' });
      await client.client.flushall();
    }
    await allFolded();
    expectWholeTimelines();
  }, 90_000);

  it('loses, doubles and skips nothing when Redis dies and comes back empty', async () => {
    const seen = timeline.length;
    await publish(round('fifth'));
    await waitFor(() => timeline.length > seen, { description: 'the work has begun' });
    await redis.restart({ empty: true });
    await publish(round('sixth'));
    await allFolded();
    expectWholeTimelines();
  }, 90_000);

  it('replaces states that Redis has kept but that are older than the topics', async () => {
    const keys = contacts.map(({ id }) => sessionKey(partitionOf(id, PARTITIONS), id));
    const old = await Promise.all(keys.map((key) => client.client.dumpBuffer(key)));
    await publish(round('seventh'));
    await allFolded();
    await client.client.flushall();
    await Promise.all(keys.map((key, index) => client.client.restore(key, 0, old[index]!)));
    await publish(round('eighth'));
    await allFolded();
    expectWholeTimelines();
  }, 60_000);

  it('happens before the first fact when the service starts on an empty Redis', async () => {
    await service.stop();
    await client.client.flushall();
    service = await start();
    await publish(round('ninth'));
    await allFolded();
    expectWholeTimelines();
  }, 60_000);
});
