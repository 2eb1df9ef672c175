import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Budget, BudgetStore, RedisClient } from '@heliograph/redis';
import { testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { ProviderStandIn, template } from '../../test/provider-stand-in.ts';
import { ACCOUNT, accountsFile, SECRET, sharedBuckets, TestRegistry, TopicView } from '../../test/registry.ts';

const namespace = uniqueNamespace('template-registry');
const KEY = JSON.stringify(['acme', ACCOUNT, 'order_shipped', 'en_US']);
const STALE = `heliograph_templates_stale_seconds{account="${ACCOUNT}"}`;

let provider: ProviderStandIn;
let registry: TestRegistry;
let topic: TopicView;

/** Waits until the provider was asked for its list so many times more. */
async function rounds(count: number): Promise<void> {
  const wanted = provider.rounds + count;
  await waitFor(() => provider.rounds >= wanted, { description: `${count} more rounds` });
}

const statuses = (expected: Record<string, string>) =>
  waitFor(() => Object.entries(expected).every(([name, status]) => topic.statuses[name] === status), {
    description: `the topic says ${JSON.stringify(expected)}`,
  });

beforeAll(async () => {
  provider = await ProviderStandIn.start();
  registry = await TestRegistry.start(namespace, { accountsFile: accountsFile({ url: provider.url }) });
  topic = await TopicView.open(namespace);
}, 60_000);

beforeEach(async () => {
  provider.templates = { 'wa-1': [template()] };
  const only = ({ order_shipped, ...others }: Record<string, string>) =>
    order_shipped === 'APPROVED' && Object.values(others).every((status) => status === 'DELETED');
  await waitFor(() => only(topic.statuses), { description: 'the topic holds the one template' });
});

afterEach(() => {
  provider.fault = () => undefined;
});

afterAll(async () => {
  await registry.stop();
  await topic.close();
  await provider.close();
});

describe('the topic', () => {
  it('holds each template of every WhatsApp provider under tenant, account, name and language', async () => {
    const rejected = { name: 'spring_sale', id: 'tpl-2', status: 'rejected', rejection_reason: 'promotional' };
    provider.templates = { 'wa-1': [template()], 'wa-2': [template({ ...rejected, components: [] })] };
    await statuses({ spring_sale: 'REJECTED' });
    const { checkedAt, ...shipped } = topic.states.order_shipped!;
    expect(shipped).toEqual({
      tenant: 'acme',
      account: ACCOUNT,
      name: 'order_shipped',
      language: 'en_US',
      status: 'APPROVED',
      category: 'UTILITY',
      providerTemplateId: 'tpl-1',
      parameterCount: 2,
      channel: 'whatsapp',
      provider: 'wa-1',
      history: [{ status: 'APPROVED', at: checkedAt, source: 'reading' }],
    });
    expect(Date.now() - Date.parse(checkedAt)).toBeLessThan(60_000);
    expect(topic.states.spring_sale).toMatchObject({ rejectionReason: 'promotional', parameterCount: 0 });
    expect(topic.records[0]).toMatchObject({
      key: KEY,
      headers: {
        ce_type: 'template.state',
        ce_source: '/heliograph/template-registry',
        ce_tenant: 'acme',
        ce_account: ACCOUNT,
        ce_partitionkey: KEY,
        traceparent: expect.stringMatching(/^00-/),
      },
    });
  });

  it('gets only what has changed', async () => {
    const before = topic.records.length;
    await rounds(4);
    provider.templates = { 'wa-1': [template({ status: 'PAUSED' })] };
    await statuses({ order_shipped: 'PAUSED' });
    expect(topic.records.slice(before).map(({ json }) => json)).toMatchObject([{ status: 'PAUSED' }]);
  });

  it('says DELETED of a template that was withdrawn at the provider, and what it is when it comes back', async () => {
    provider.templates = { 'wa-1': [] };
    await statuses({ order_shipped: 'DELETED' });
    provider.templates = { 'wa-1': [template({ id: 'tpl-9' })] };
    await statuses({ order_shipped: 'APPROVED' });
    expect(topic.states.order_shipped!.providerTemplateId).toBe('tpl-9');
  });

  it('says DISABLED of a template whose status nobody knows, and the service counts and reports it', async () => {
    provider.templates = { 'wa-1': [template({ status: 'FLAGGED' })] };
    await statuses({ order_shipped: 'DISABLED' });
    await rounds(2);
    const sample = `heliograph_templates_unreadable_total{account="${ACCOUNT}",what="status"}`;
    expect(await registry.metric(sample)).toBeGreaterThanOrEqual(2);
    expect(await registry.metric(`heliograph_templates{account="${ACCOUNT}",status="DISABLED"}`)).toBe(1);
    const warnings = registry.lines.filter(({ reason }) => reason === '"FLAGGED" is not known');
    expect(warnings).toMatchObject([{ level: 'warn', account: ACCOUNT, field: 'order_shipped (en_US).status' }]);
  });

  it('gets what can be read of a list, and of a template that cannot be read any more that it is DISABLED', async () => {
    const other = { name: 'welcome', id: 'tpl-3' };
    provider.templates = { 'wa-1': [template({ status: undefined }), template(other)] };
    await statuses({ order_shipped: 'DISABLED', welcome: 'APPROVED' });
    const sample = `heliograph_templates_unreadable_total{account="${ACCOUNT}",what="entry"}`;
    expect(await registry.metric(sample)).toBeGreaterThanOrEqual(1);
    expect(registry.lines.find(({ what }) => what === 'entry')).toMatchObject({
      level: 'warn',
      field: 'page 2: entities[0].status',
      reason: 'is missing',
    });
  });
});

describe('a provider that', () => {
  it('throttles is left alone, by everybody who takes from the budget, until the moment it named', async () => {
    const redis = new RedisClient({ url: testRedisUrl(), namespace });
    await redis.whenUp();
    const budget = new Budget(new BudgetStore(redis, 'acme'));
    const [tenant] = sharedBuckets(provider.url);
    let throttledAt = 0;
    provider.fault = () => {
      if (throttledAt > 0) return undefined;
      throttledAt = Date.now();
      return { status: 429, headers: { 'retry-after': '2' } };
    };
    await waitFor(() => throttledAt > 0, { description: 'the provider throttles' });
    const pausedMs = async () => {
      await budget.levels([tenant!]);
      return budget.snapshot().buckets[0]!.pausedMs;
    };
    await waitFor(async () => (await pausedMs()) > 0, { description: 'the budget of the tenant is paused' });
    await rounds(2);
    budget.close();
    await redis.close();
    const after = provider.arrivals.filter(({ at }) => at > throttledAt).map(({ at }) => at - throttledAt);
    expect(Math.min(...after)).toBeGreaterThanOrEqual(1_950);
    expect(await registry.metric(`heliograph_templates_rounds_total{account="${ACCOUNT}",result="throttled"}`)).toBe(1);
  });

  it('fails makes the account stale, changes nothing, and leaves the service ready', async () => {
    const before = topic.records.length;
    provider.fault = (path) => (path.endsWith('/templates') ? { status: 500 } : undefined);
    await waitFor(async () => (await registry.metric(STALE))! > 1.5, { description: 'the account is stale' });
    expect(await registry.problems()).toBeUndefined();
    expect(topic.records).toHaveLength(before);
    provider.fault = () => undefined;
    await waitFor(async () => (await registry.metric(STALE))! < 1, { description: 'the account is fresh' });
  });

  it('does not accept the token any more is asked for another one', async () => {
    const tokens = () => provider.arrivals.filter(({ path }) => path === '/token').length;
    const before = tokens();
    let refused = false;
    provider.fault = (path) => {
      if (refused || path === '/token') return undefined;
      refused = true;
      return { status: 401 };
    };
    await rounds(3);
    expect(tokens()).toBe(before + 1);
  });
});

it('takes a grant for each request: while the budget is paused, none arrives', async () => {
  const redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
  await new BudgetStore(redis, 'acme').pauseFor(1_500, sharedBuckets(provider.url)[0]!);
  await redis.close();
  // Grants given before the pause are void after 100 ms.
  const from = Date.now() + 150;
  const until = Date.now() + 1_450;
  await waitFor(() => provider.arrivals.at(-1)!.at > until, { description: 'a request after the pause' });
  expect(provider.arrivals.filter(({ at }) => at > from && at < until)).toEqual([]);
});

it('never logs the secret or a token', () => {
  const logged = JSON.stringify(registry.lines);
  expect(logged).not.toContain(SECRET);
  expect(logged).not.toContain('access-token-1');
});
