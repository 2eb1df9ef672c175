import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, templateKey, TOPICS, type TemplateChanged } from '@heliograph/contracts';
import { connectKafka, ensureTopics, EventPublisher, newEvent, type Kafka } from '@heliograph/kafka';
import { AccountFreshness, freshnessKey, RedisClient, TEMPLATE_PATH } from '@heliograph/redis';
import { dropTopics, testKafkaBrokers, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { ProviderStandIn } from '../../test/provider-stand-in.ts';
import { ACCOUNT, accountsFile, TestRegistry } from '../../test/registry.ts';

const PARTITIONS = 3;
const namespace = uniqueNamespace('registry-fresh');

let provider: ProviderStandIn;
let registry: TestRegistry;
let redis: RedisClient;
let kafka: Kafka;
let publisher: EventPublisher;

beforeAll(async () => {
  provider = await ProviderStandIn.start();
  const shared = { namespace, conversationPartitions: PARTITIONS };
  kafka = connectKafka({ brokers: testKafkaBrokers(), clientId: 'spec', ...shared });
  await ensureTopics(kafka, [TOPICS.templateEvent]);
  publisher = new EventPublisher(kafka);
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
  const files = accountsFile({ url: provider.url });
  registry = await TestRegistry.start(namespace, { conversationPartitions: PARTITIONS, accountsFile: files });
}, 60_000);
afterAll(async () => {
  await registry.stop();
  await publisher.close();
  await redis.close();
  await provider.close();
  await dropTopics(testKafkaBrokers(), namespace);
});

/** Marks partitions as dedup-router does, as of `agoMs` ago. @returns the moment */
async function upstream(partitions: readonly number[], agoMs = 0): Promise<number> {
  const ms = (await redis.time()) - agoMs;
  for (const partition of partitions) {
    await redis.client.set(freshnessKey(partition, TEMPLATE_PATH.group, TEMPLATE_PATH.path), `${redis.runId} ${ms}`);
  }
  return ms;
}

const mark = async () => (await new AccountFreshness(redis, 'templates').read([ACCOUNT])).marks[0]?.ms;
const ALL = [0, 1, 2];

describe('the mark of an account', () => {
  it('is there only when every partition of the stage before is marked, and as late as the lowest of them', async () => {
    await upstream([0, 1]);
    await waitFor(
      () => registry.metric(`heliograph_templates_lease_held{account="${ACCOUNT}"}`).then((is) => is === 1),
      {
        timeoutMs: 30_000,
        description: 'the registry holds the lease',
      },
    );
    expect(await mark()).toBeUndefined();
    const lowest = await upstream([2], 700);
    await waitFor(async () => (await mark()) === lowest, { description: 'it is the lowest' });
    const later = await upstream(ALL);
    await waitFor(async () => (await mark()) === later, { description: 'it is the later one' });
  }, 60_000);

  it('goes on when what a provider told was dealt with, and stands still when the registry is stopped', async () => {
    const about = { tenant: 'acme', account: ACCOUNT, name: 'unheard_of', language: 'en' };
    const data: TemplateChanged = { ...about, status: 'REJECTED', at: new Date().toISOString() };
    const parts = { id: 'event-1', key: templateKey(about), data, tenant: 'acme', source: '/spec' };
    await publisher.publish([{ contract: EVENTS.templateChanged, event: newEvent(EVENTS.templateChanged, parts) }]);
    const after = await upstream(ALL);
    await waitFor(async () => (await mark()) === after, { description: 'the mark is as of after the event' });
    await registry.stop();
    await upstream(ALL);
    expect(await mark()).toBe(after);
  }, 60_000);
});
