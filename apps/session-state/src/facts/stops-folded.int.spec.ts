import { type Parties } from '@heliograph/contracts';
import { ConsentReader } from '@heliograph/consent';
import { connectKafka, EventPublisher, partitionOf } from '@heliograph/kafka';
import { freshnessKey, FreshnessStore, RedisClient, STOP_PATH, STOPS_FOLDED } from '@heliograph/redis';
import { Log, type RunningService } from '@heliograph/runtime';
import { dropTopics, testKafkaBrokers, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contractOf } from '../../test/contract-of.ts';
import { ofContact, partiesOfContact, received } from '../../test/fact-builders.ts';
import { CONSENT_KEY, SUBJECTS } from '../../test/fold-rules.ts';
import { SessionStateConfig } from '../config.ts';
import { startSessionState } from '../service.ts';

const PARTITIONS = 3;
const namespace = uniqueNamespace('stops-folded');
const common = { kafkaBrokers: testKafkaBrokers(), namespace, conversationPartitions: PARTITIONS };

let service: RunningService;
let redis: RedisClient;
let publisher: EventPublisher;
const folded = () => new FreshnessStore(redis, STOPS_FOLDED).read(PARTITIONS);

async function start(): Promise<void> {
  const settings = { ...common, redisUrl: testRedisUrl(), consentKey: CONSENT_KEY, heartbeatMs: 200 };
  const config = Object.assign(new SessionStateConfig(), settings);
  service = await startSessionState(config, Log.open({ service: 'test', level: 'silent' }));
}

beforeAll(async () => {
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
  publisher = new EventPublisher(
    connectKafka({
      brokers: common.kafkaBrokers,
      clientId: 'spec',
      namespace,
      conversationPartitions: PARTITIONS,
    }),
  );
  await start();
}, 60_000);
afterAll(async () => {
  await service.stop();
  await publisher.close();
  await redis.close();
  await dropTopics(common.kafkaBrokers, namespace);
});

/** Marks as dedup-router does; the moment of the lowest. */
async function routed(partitions = PARTITIONS): Promise<number> {
  const ms = await redis.time();
  for (let partition = 0; partition < partitions; partition++) {
    await redis.client.set(
      freshnessKey(partition, STOP_PATH.group, STOP_PATH.path),
      `${redis.runId} ${ms + partition}`,
    );
  }
  return ms;
}

async function marked(since: number, partitions = [0, 1, 2]): Promise<void> {
  const isMarked = async () => {
    const { marks } = await folded();
    return partitions.every((partition) => (marks[partition] ?? 0) >= since);
  };
  await waitFor(isMarked, { timeoutMs: 30_000, intervalMs: 5, description: 'the marks have moved on' });
}

async function says(contact: string, text: string): Promise<Parties> {
  const event = ofContact(contact, received(`${text} ${Math.random()}`, 24, { content: { type: 'text', text } }));
  await publisher.publish([{ contract: contractOf(event), event }]);
  return event.data;
}

describe('the marks of what customers have said', () => {
  it('are none while one of the router’s is missing, and follow the lowest of them', async () => {
    await routed(2);
    await says('15550900000', 'hello');
    expect((await folded()).marks).toEqual([undefined, undefined, undefined]);
    const before = await routed();
    await marked(before);
    expect((await folded()).lowest!.ms).toBeLessThan(before + 1);
  }, 60_000);

  it('of a moment after a STOP was there say that it counts: it stands in Redis', async () => {
    const reader = new ConsentReader(redis, (key) => partitionOf(key, PARTITIONS));
    for (let round = 0; round < 12; round++) {
      const { tenant, channel, contact, conversationId } = await says(
        `1555091${String(round).padStart(4, '0')}`,
        'STOP',
      );
      await marked(await routed(), [partitionOf(conversationId, PARTITIONS)]);
      const subject = SUBJECTS.of({ tenant, channel, address: contact });
      expect((await reader.known({ tenant, subject }))?.stop).toBeDefined();
    }
  }, 60_000);

  it('stand still while nobody folds, and go on with the next start', async () => {
    await marked(await routed());
    await service.stop();
    const { marks: before } = await folded();
    const { conversationId } = partiesOfContact('15550920000');
    await says('15550920000', 'STOP');
    const later = await routed();
    expect((await folded()).marks).toEqual(before);
    await start();
    await marked(later, [partitionOf(conversationId, PARTITIONS)]);
  }, 60_000);
});
