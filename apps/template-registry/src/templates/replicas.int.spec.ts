import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RedisClient } from '@heliograph/redis';
import { freePort, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { ProviderStandIn, template } from '../../test/provider-stand-in.ts';
import { ACCOUNT, accountsFile, TestRegistry, TopicView } from '../../test/registry.ts';

const LEASE_MS = 1_500;
const KEY = `{templates:${ACCOUNT}}:lease`;
const HELD = `heliograph_templates_lease_held{account="${ACCOUNT}"}`;

let provider: ProviderStandIn;
let namespace: string;
let redis: RedisClient;

const start = (accounts = accountsFile({ url: provider.url })) =>
  TestRegistry.start(namespace, { accountsFile: accounts, leaseMs: LEASE_MS });
const ready = (registry: TestRegistry) =>
  waitFor(async () => (await registry.problems()) === undefined, {
    description: 'the service is ready',
    timeoutMs: 30_000,
  });
const reads = (registry: TestRegistry) => registry.lines.some(({ msg }) => msg === 'this replica reads the templates');

beforeAll(async () => {
  provider = await ProviderStandIn.start();
});

beforeEach(async () => {
  provider.templates = { 'wa-1': [template()] };
  namespace = uniqueNamespace('replicas');
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
});

afterEach(() => redis.close());

afterAll(() => provider.close());

describe('of two replicas', () => {
  it('the second one does not poll, is ready, and takes over when the first one stops', async () => {
    const first = await start();
    await ready(first);
    const second = await start();
    await ready(second);
    const from = provider.rounds;
    await waitFor(() => provider.rounds >= from + 15, { description: '15 more rounds' });
    expect(reads(second)).toBe(false);
    await first.stop();
    const stopped = provider.rounds;
    await waitFor(() => reads(second) && provider.rounds >= stopped + 2, { description: 'the second one reads' });
    await second.stop();
  }, 60_000);

  it('one takes over from another that fell silent, not before its lease has ended', async () => {
    const silentAt = performance.now();
    await redis.client.set(KEY, 'a replica that died', 'PX', LEASE_MS);
    const before = provider.rounds;
    const registry = await start();
    await waitFor(() => provider.rounds > before, { description: 'it reads' });
    expect(performance.now() - silentAt).toBeGreaterThanOrEqual(LEASE_MS - 20);
    await registry.stop();
  }, 60_000);

  it('one that lost its lease stops, and reads again when the lease is free', async () => {
    const registry = await start();
    await ready(registry);
    await redis.client.set(KEY, 'another replica', 'PX', 3 * LEASE_MS);
    await waitFor(async () => (await registry.metric(HELD)) === 0, { description: 'it has stopped' });
    const stopped = provider.arrivals.length;
    const heldUntil = performance.now() + LEASE_MS;
    await waitFor(() => performance.now() > heldUntil, { description: 'a while has passed' });
    expect(provider.arrivals).toHaveLength(stopped);
    await waitFor(() => provider.arrivals.length > stopped, { description: 'it reads again' });
    await registry.stop();
  }, 60_000);

  it('one that lost its lease in the middle of a reading publishes nothing of it', async () => {
    const registry = await start();
    await ready(registry);
    let open = (): void => undefined;
    provider.hold = new Promise<void>((resolve) => (open = resolve));
    const before = provider.arrivals.length;
    await waitFor(() => provider.arrivals.length > before, { description: 'a reading has begun' });
    provider.templates = { 'wa-1': [template({ status: 'PAUSED' })] };
    await redis.client.set(KEY, 'another replica', 'PX', 60_000);
    await waitFor(async () => (await registry.metric(HELD)) === 0, { description: 'the lease has ended' });
    open();
    await registry.stop();
    const topic = await TopicView.open(namespace);
    await waitFor(() => topic.records.length > 0, { description: 'the topic is read' });
    expect(topic.records.map(({ json }) => json)).toMatchObject([{ status: 'APPROVED' }]);
    await topic.close();
  }, 60_000);
});

describe('at its start a service', () => {
  it('knows from the topic what was published before, and publishes nothing twice', async () => {
    const first = await start();
    await ready(first);
    await first.stop();
    const second = await start();
    await ready(second);
    const from = provider.rounds;
    await waitFor(() => provider.rounds >= from + 3, { description: 'three more rounds' });
    const topic = await TopicView.open(namespace);
    await waitFor(() => topic.records.length > 0, { description: 'the topic is read' });
    expect(topic.records).toHaveLength(1);
    await topic.close();
    await second.stop();
  }, 60_000);

  it('becomes ready although a provider is dead, after saying so, and serves the other accounts', async () => {
    const dead = { id: 'dead', url: `http://127.0.0.1:${await freePort()}` };
    const registry = await start(accountsFile({ url: provider.url }, dead));
    await ready(registry);
    expect(registry.lines).toContainEqual(
      expect.objectContaining({ account: 'dead', kind: 'failed', reason: expect.stringContaining('connection') }),
    );
    const fresh = `heliograph_templates{account="${ACCOUNT}",status="APPROVED"}`;
    await waitFor(async () => (await registry.metric(fresh)) === 1, { description: 'the other account is read' });
    expect(await registry.metric('heliograph_templates_stale_seconds{account="dead"}')).toBeGreaterThan(0);
    await registry.stop();
  }, 60_000);

  it('says not ready until the first list of each account was read', async () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    provider.hold = opened;
    const registry = await start();
    await waitFor(() => provider.arrivals.at(-1)?.path === '/token', { description: 'it asks for a token' });
    expect(await registry.problems()).toContain(`the first reading of account ${ACCOUNT} has not ended`);
    open();
    await ready(registry);
    await registry.stop();
  }, 60_000);

  it('refuses an account with a profile that does not exist', async () => {
    const file = accountsFile({ url: provider.url, profile: 'unknown' });
    await expect(start(file)).rejects.toThrow(`account ${ACCOUNT}: profile "unknown" does not exist`);
  });
});
