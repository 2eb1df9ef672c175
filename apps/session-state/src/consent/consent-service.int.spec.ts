import {
  consentKey,
  EVENTS,
  TOPICS,
  type ConsentChange,
  type ConsentChanged,
  type ConsentState,
} from '@heliograph/contracts';
import { ConsentReader, foldConsent } from '@heliograph/consent';
import { connectKafka, EventPublisher, newEvent, partitionOf } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Log, Readiness, type RunningService } from '@heliograph/runtime';
import {
  followTopic,
  startPrivateRedis,
  testKafkaBrokers,
  uniqueNamespace,
  waitFor,
  type Following,
  type RunningRedis,
} from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { subjectNamed } from '../../test/consent-bench.ts';
import { START, uuidOf } from '../../test/fact-builders.ts';
import { CONSENT_KEY } from '../../test/fold-rules.ts';
import { SessionStateConfig } from '../config.ts';
import { startSessionState } from '../service.ts';

const namespace = uniqueNamespace('consent-service');
const PARTITIONS = 3;
const SUBJECTS = Array.from({ length: 20 }, (_, index) => subjectNamed(`subject ${index}`));
const CHANGES = 15;

let redis: RunningRedis;
let client: RedisClient;
let publisher: EventPublisher;
const services: RunningService[] = [];
let readers: Following[] = [];
const events: { id: string; data: ConsentChanged }[] = [];
const states = new Map<string, ConsentState>();

const start = async (): Promise<void> => {
  const config = Object.assign(new SessionStateConfig(), {
    ...{ kafkaBrokers: testKafkaBrokers(), redisUrl: redis.url, namespace, conversationPartitions: PARTITIONS },
    ...{ sessionTimeoutMs: 6_000, heartbeatMs: 200, publishDeadlineMs: 1_000, publishTryMs: 800 },
    consentKey: CONSENT_KEY,
  });
  services.push(await startSessionState(config, Log.open({ service: 'test', level: 'silent' })));
};

beforeAll(async () => {
  redis = await startPrivateRedis();
  client = new RedisClient({ url: redis.url, namespace });
  const brokers = testKafkaBrokers();
  publisher = new EventPublisher(
    connectKafka({ brokers, clientId: 'spec', namespace, conversationPartitions: PARTITIONS }),
  );
  await start();
  const follow = (topic: string, onRecord: (record: { headers: Record<string, string>; json: unknown }) => void) =>
    followTopic({ brokers, topic: namespace + topic, group: `${namespace}reader.${topic}`, onRecord });
  readers = [
    await follow(TOPICS.consentEvent.name, ({ headers, json }) =>
      events.push({ id: headers.ce_id!, data: json as ConsentChanged }),
    ),
    await follow(TOPICS.consentState.name, ({ json }) => {
      const state = json as ConsentState;
      states.set(state.subject, state);
    }),
  ];
}, 90_000);

/** Nothing is being brought back any more. */
const isReady = async (): Promise<boolean> =>
  Object.keys(await services[0]!.app.get(Readiness).problems()).length === 0;

afterAll(async () => {
  await waitFor(isReady, { timeoutMs: 30_000, description: 'the service is ready' });
  await Promise.all(readers.map((reader) => reader.close()));
  await Promise.all(services.map((service) => service.stop()));
  await publisher.close();
  await client.close();
  await redis.stop();
}, 60_000);

/** The n-th change of every contact. */
async function give(n: number): Promise<void> {
  const time = new Date(START + n * 1_000).toISOString();
  await publisher.publish(
    SUBJECTS.map((subject, index) => {
      const data = changeOf(subject, n, index);
      const parts = { id: uuidOf(`${subject} ${n}`), key: consentKey(data), data, tenant: 'acme', time };
      return {
        contract: EVENTS.consentChange,
        event: newEvent(EVENTS.consentChange, { ...parts, source: '/heliograph/spec' }),
      };
    }),
  );
}

const changeOf = (subject: string, n: number, index: number): ConsentChange => ({
  ...{
    tenant: 'acme',
    subject,
    change: (n + index) % 3 === 0 ? 'opt-in' : 'opt-out',
    purpose: n % 2 ? 'all' : 'marketing',
  },
  ...{ source: 'api', evidence: { id: `${n}` }, at: new Date(START + n * 1_000).toISOString() },
});

/** What a reader that drops repeats by their ids has of a contact. */
const told = (subject: string): ConsentChanged[] => [
  ...new Map(events.filter(({ data }) => data.subject === subject).map(({ id, data }) => [id, data])).values(),
];

const allFolded = (count: number): Promise<unknown> =>
  waitFor(() => SUBJECTS.every((subject) => told(subject).length >= count && states.get(subject)?.sequence === count), {
    timeoutMs: 60_000,
    description: `${count} changes of each contact are folded`,
  });

describe('changes of consent, while replicas come and go and Redis is flushed in between', () => {
  it('become one event each, numbered without gaps, and where a contact stands is what folding them gives', async () => {
    for (let n = 0; n < CHANGES; n++) {
      await give(n);
      if (n === 3) await start();
      if (n === 6) await client.client.flushall();
      if (n === 9) await services.shift()!.stop();
      if (n === 12) await client.client.flushall();
    }
    await allFolded(CHANGES);
    const reader = new ConsentReader(client, (key) => partitionOf(key, PARTITIONS));
    for (const [index, subject] of SUBJECTS.entries()) {
      expect(told(subject).map(({ sequence }) => sequence)).toEqual(Array.from({ length: CHANGES }, (_, n) => n + 1));
      let expected: ConsentState | undefined;
      for (let n = 0; n < CHANGES; n++) {
        const given = { id: uuidOf(`${subject} ${n}`), data: changeOf(subject, n, index) };
        const folded = foldConsent(expected, given, { offset: n, now: START + n * 1_000 });
        if (!('skipped' in folded)) expected = folded.state;
      }
      expect(states.get(subject)?.purposes).toEqual(expected?.purposes);
      const known = await waitFor(() => reader.known({ tenant: 'acme', subject }), { description: 'it is known' });
      expect(known.purposes).toEqual(expected?.purposes);
    }
  }, 120_000);

  it('are known again after a flush, though nobody says anything', async () => {
    await client.client.flushall();
    const reader = new ConsentReader(client, (key) => partitionOf(key, PARTITIONS));
    for (const subject of SUBJECTS) {
      const known = await waitFor(() => reader.known({ tenant: 'acme', subject }), {
        timeoutMs: 30_000,
        description: 'it is known again',
      });
      expect(known.purposes).toEqual(states.get(subject)?.purposes);
    }
  }, 60_000);
});
