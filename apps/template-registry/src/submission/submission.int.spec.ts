import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TOPICS, type TemplateAlert } from '@heliograph/contracts';
import { RedisClient } from '@heliograph/redis';
import { testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { ProviderStandIn } from '../../test/provider-stand-in.ts';
import { ACCOUNT, accountsFile, TestRegistry, TopicView, type AccountOptions } from '../../test/registry.ts';
import { file, type TestFile } from '../../test/template-files.ts';
import type { Progress } from './progress.service.ts';

const LEASE = `{templates:${ACCOUNT}}:lease`;
const NAMES = ['one', 'two', 'three', 'four', 'five', 'six'];

let provider: ProviderStandIn;
let namespace: string;
let redis: RedisClient;
let running: TestRegistry[];

async function start(templates?: AccountOptions['templates']): Promise<TestRegistry> {
  const account = { url: provider.url, ...(templates && { templates }) };
  const registry = await TestRegistry.start(namespace, { accountsFile: accountsFile(account) });
  running.push(registry);
  await waitFor(async () => (await registry.problems()) === undefined, { description: 'the service is ready' });
  return registry;
}
async function apply(registry: TestRegistry, ...files: TestFile[]): Promise<void> {
  const { status, json } = await registry.call('POST', '/v1/templates/apply', { files });
  expect({ status, json }).toMatchObject({ status: 200, json: { applicable: true } });
}
const progress = async (registry: TestRegistry) =>
  (await registry.call<Progress>('GET', '/v1/templates/progress')).json;
const submitted = (registry: TestRegistry, count: number) =>
  waitFor(async () => (await progress(registry)).submitted === count, {
    description: `${count} are submitted`,
    timeoutMs: 30_000,
  });
/** Answers from the moment that so many were created on have to wait, until it is called. */
function holdAfter(creations: number): () => void {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  provider.created = () => {
    if (provider.names.length === creations) provider.hold = opened;
  };
  return () => {
    provider.created = () => undefined;
    provider.hold = Promise.resolve();
    open();
  };
}

beforeEach(async () => {
  running = [];
  provider = await ProviderStandIn.start();
  provider.templates = { 'wa-1': [] };
  namespace = uniqueNamespace('submission');
  redis = new RedisClient({ url: testRedisUrl(), namespace });
  await redis.whenUp();
});

afterEach(async () => {
  await Promise.all(running.map((registry) => registry.stop()));
  await redis.close();
  await provider.close();
});

describe('a submission', () => {
  it('that was ended in the middle of a creation is taken up by another replica, and creates nothing twice', async () => {
    const open = holdAfter(3);
    const first = await start();
    await apply(first, ...NAMES.map((name) => file(name)));
    await waitFor(() => provider.names.length === 3, { description: 'the third is created and not answered' });
    await first.stop();
    open();
    const second = await start();
    await submitted(second, 6);
    expect([...provider.names].sort()).toEqual(NAMES.map((name) => `${name} (en_US)`).sort());
    expect(provider.creations).toHaveLength(6);
  }, 60_000);

  it('that lost its lease between a creation and its record creates nothing twice', async () => {
    const open = holdAfter(2);
    const registry = await start();
    await apply(registry, ...NAMES.map((name) => file(name)));
    await waitFor(() => provider.names.length === 2, { description: 'the second is created and not answered' });
    await redis.client.set(LEASE, 'another replica', 'PX', 2_000);
    const held = `heliograph_templates_lease_held{account="${ACCOUNT}"}`;
    await waitFor(async () => (await registry.metric(held)) === 0, { description: 'the lease has ended' });
    open();
    await submitted(registry, 6);
    expect(provider.names).toHaveLength(6);
    expect(provider.creations).toHaveLength(6);
  }, 60_000);

  it('is made by one of two replicas, and both tell how far it is', async () => {
    const [one, other] = [await start(), await start()];
    await apply(other, ...NAMES.map((name) => file(name)));
    await submitted(one, 6);
    await submitted(other, 6);
    expect(provider.creations).toHaveLength(6);
    expect(await progress(one)).toMatchObject({ wanted: 6, waiting: 0, inReview: 6, statuses: { PENDING: 6 } });
  }, 60_000);

  it('takes what was created by somebody else meanwhile as it is', async () => {
    const registry = await start();
    provider.fault = (path, method, body) => {
      if (method !== 'POST' || body.name !== 'raced' || provider.creations.length > 1) return undefined;
      const text = 'Your order {{1}} is on its way.';
      provider.templates['wa-1']!.push({
        ...body,
        id: 'theirs',
        status: 'APPROVED',
        components: [{ type: 'BODY', text }],
      });
      return { status: 409, message: 'exists already' };
    };
    await apply(registry, file('raced'));
    await submitted(registry, 1);
    expect(provider.creations).toHaveLength(1);
    expect((await progress(registry)).statuses).toEqual({ APPROVED: 1 });
  }, 60_000);

  it('whose answer was lost is looked for in the list before it is tried again', async () => {
    const registry = await start();
    let failed = 0;
    provider.fault = (_path, method, body) =>
      method === 'POST' && body.name === 'lost' && failed++ === 0 ? { status: 500 } : undefined;
    const rounds = provider.rounds;
    await apply(registry, file('lost'));
    await submitted(registry, 1);
    expect(provider.names).toEqual(['lost (en_US)']);
    const [first, second] = provider.creations;
    const between = provider.arrivals.filter(
      ({ method, at }) => method === 'GET' && at >= first!.at && at <= second!.at,
    );
    expect(between.length).toBeGreaterThan(0);
    expect(provider.rounds).toBeGreaterThan(rounds);
  }, 60_000);

  it('submits the newest version only', async () => {
    provider.fault = (_path, method) => (method === 'POST' ? { status: 503 } : undefined);
    const registry = await start();
    await apply(registry, file('fast'));
    await apply(registry, file('fast', { version: 2, text: 'Order {{1}} was sent today.' }));
    provider.fault = () => undefined;
    await submitted(registry, 1);
    expect(provider.names).toEqual(['fast_v2 (en_US)']);
  }, 60_000);
});

describe('the limit of creations', () => {
  it('holds in every window of its period, across replicas that stop and start', async () => {
    const limit = { creations: { requests: 10, perSeconds: 2 } };
    const many = Array.from({ length: 14 }, (_, index) => file(`limited_${index}`));
    const first = await start(limit);
    await apply(first, ...many);
    await waitFor(() => provider.names.length >= 5, { description: 'some are created' });
    await first.stop();
    const second = await start(limit);
    await submitted(second, 14);
    const moments = provider.creations.map(({ at }) => at);
    expect(moments).toHaveLength(14);
    for (const from of moments) {
      expect(moments.filter((at) => at >= from && at < from + 2_000).length).toBeLessThanOrEqual(10);
    }
  }, 60_000);

  it('shows what waits, until when, and when the last one can be submitted at the earliest', async () => {
    const registry = await start({ creations: { requests: 1, perSeconds: 3_600 } });
    await apply(registry, file('patient', { languages: ['en_US', 'de_DE'] }));
    const now = await waitFor(
      async () => {
        const found = await progress(registry);
        return found.waitsFor ? found : undefined;
      },
      { description: 'it says that it waits' },
    );
    expect(now).toMatchObject({ wanted: 2, submitted: 0, waiting: 2 });
    expect(now.waitsFor!.reason).toBe('the limit of creations per hour');
    const until = Date.parse(now.waitsFor!.until);
    expect(until).toBeGreaterThan(Date.now());
    expect(Date.parse(now.doneBy!)).toBe(until + 4_500_000);
    expect(provider.creations).toEqual([]);
  }, 60_000);
});

describe('a creation that the provider refuses', () => {
  it('is an alert with its text, is not tried again by whomever, and is when the file has changed', async () => {
    provider.fault = (_path, method, body) =>
      method === 'POST' && JSON.stringify(body).includes('too short')
        ? { status: 400, message: 'too few words' }
        : undefined;
    const registry = await start();
    const alerts = await TopicView.open(namespace, TOPICS.templateAlert);
    await apply(registry, file('wordless', { text: 'Order {{1}} is too short.' }), file('worded'));
    await submitted(registry, 1);
    const { refused } = await waitFor(
      async () => {
        const found = await progress(registry);
        return found.refused.length > 0 ? found : undefined;
      },
      { description: 'it is refused' },
    );
    expect(refused).toMatchObject([
      { name: 'wordless', version: 1, language: 'en_US', reason: expect.stringContaining('too few words') },
    ]);
    await waitFor(() => alerts.records.length > 0, { description: 'an alert' });
    expect(alerts.records.map(({ json }) => json as TemplateAlert)).toMatchObject([
      { what: 'refused', name: 'wordless', definition: 'wordless', reason: expect.stringContaining('too few words') },
    ]);
    await registry.stop();
    const second = await start();
    const rounds = provider.rounds;
    await waitFor(() => provider.rounds >= rounds + 3, { description: 'three more readings' });
    expect(provider.creations).toHaveLength(2);
    await apply(second, file('wordless', { text: 'Your order {{1}} has many words.' }), file('worded'));
    await submitted(second, 2);
    expect(provider.creations).toHaveLength(3);
    expect((await progress(second)).refused).toEqual([]);
    expect(alerts.records).toHaveLength(1);
    await alerts.close();
  }, 60_000);
});
