import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RedisClient } from '@heliograph/redis';
import { freePort, guideMessage, testKafkaBrokers, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import {
  ENDPOINT,
  RegisteringIngress,
  registeringAccounts,
  type Registering,
} from '../../fixtures/registering-ingress.ts';
import { RegisteringProvider } from '../../fixtures/registering-provider.ts';
import { sendWebhook } from '../../fixtures/started-ingress.ts';

const EVENTS = '/api/v2/events/subscriptions';

let provider: RegisteringProvider;
let namespace: string;
const running: RegisteringIngress[] = [];

beforeEach(async () => {
  provider = await RegisteringProvider.start();
  namespace = uniqueNamespace('registrations');
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ service }) => service.stop()));
  await provider.close();
});

async function start(over: Partial<Registering> = {}, redisUrl = testRedisUrl()): Promise<RegisteringIngress> {
  const accountsFile = registeringAccounts({ url: `http://${provider.host}`, ...over });
  const ingress = await RegisteringIngress.start({
    kafkaBrokers: testKafkaBrokers(),
    namespace,
    accountsFile,
    redisUrl,
  });
  running.push(ingress);
  return ingress;
}
const is = (ingress: RegisteringIngress, state: string, registration?: string) =>
  waitFor(async () => (await ingress.state(registration)) === state, { description: `the registration is ${state}` });
/** So many more complete looks at the list. */
async function rounds(count: number): Promise<void> {
  const looks = () => provider.asked.filter((line) => line.startsWith('GET')).length;
  const wanted = looks() + count;
  await waitFor(() => looks() >= wanted, { description: `${count} more looks` });
}
const webhookIsAccepted = async ({ service }: RegisteringIngress) =>
  (await sendWebhook(service.address, Buffer.from(JSON.stringify(guideMessage())))).status === 200;

describe('what is to be registered', () => {
  it('is created as guide 000, section 3 shows it, once, and then left alone', async () => {
    const ingress = await start();
    await is(ingress, 'ok');
    expect(provider.events).toEqual([
      {
        id: 'sub-1',
        created_at: expect.any(String),
        name: 'heliograph-one-events',
        description: 'Events of conversations for the messaging pipeline',
        event_types: [
          'message',
          'conversation',
          'routing:conversation:assignment',
          'routing:queue:update',
          'routing:skill:update',
        ],
        filters: { channel: 'messaging', engagement_type: 'WHATSAPP' },
        endpoints: [{ url: ENDPOINT, type: 'http' }],
      },
    ]);
    await rounds(3);
    expect(provider.changes()).toEqual([`POST ${EVENTS}`]);
    expect(ingress.changes).toEqual(['registration created']);
  });

  it('is created as guides 001, section 2 and 002, edge case 1 have it; foreign ones stay as they are', async () => {
    const foreign = [provider.add(provider.events, { name: 'theirs' }), provider.add(provider.webhooks, { name: 'x' })];
    const before = structuredClone(foreign);
    const ingress = await start({ register: ['messages', 'template-status', 'events'], channels: ['whatsapp', 'sms'] });
    for (const registration of ['events', 'messages', 'template-status']) await is(ingress, 'ok', registration);
    const webhook = { url: ENDPOINT, enabled: true };
    expect(provider.webhooks).toMatchObject([
      before[1]!,
      { ...webhook, name: 'heliograph-one-messages', events: ['messaging.conversation.messages'] },
      { ...webhook, name: 'heliograph-one-template-status', events: ['whatsapp_status_update'] },
    ]);
    expect(provider.events).toMatchObject([before[0]!, { filters: { channel: 'messaging' } }]);
    expect(provider.events[1]!.filters).not.toHaveProperty('engagement_type');
  });

  it.each<[string, object]>([
    ['event types', { event_types: ['message'] }],
    ['filters', { filters: { channel: 'messaging', engagement_type: 'SMS' } }],
    ['endpoint', { endpoints: [{ url: 'https://old.example.com', type: 'http' }] }],
    ['type of the endpoint', { endpoints: [{ url: ENDPOINT, type: 'mail' }] }],
    [
      'second endpoint',
      {
        endpoints: [
          { url: ENDPOINT, type: 'http' },
          { url: ENDPOINT, type: 'http' },
        ],
      },
    ],
    ['description', { description: null }],
    ['fields at all', { event_types: 7, filters: 'none', endpoints: {} }],
  ])('is repaired in place when it is there with wrong %s', async (_, wrong) => {
    const ingress = await start();
    await is(ingress, 'ok');
    const [entry] = provider.events;
    const right = structuredClone(entry!);
    Object.assign(entry!, wrong);
    await waitFor(() => provider.changes().length >= 2, { description: 'it was repaired' });
    await is(ingress, 'ok');
    expect(provider.events).toEqual([right]);
    expect(ingress.changes).toEqual(['registration created', 'registration replaced']);
  });

  it('is there once, the oldest, after somebody doubled it, and again after somebody removed it', async () => {
    const ingress = await start();
    await is(ingress, 'ok');
    const [right] = structuredClone(provider.events);
    for (let n = 0; n < 3; n++) provider.add(provider.events, right!);
    provider.events.reverse();
    await waitFor(() => provider.events.length === 1, { description: 'the doubles are gone' });
    expect(provider.events).toEqual([right]);
    provider.events.splice(0);
    await waitFor(() => provider.events.length === 1, { description: 'it is back' });
    await is(ingress, 'ok');
    expect(provider.events).toMatchObject([{ name: right!.name }]);
  });

  it('is never doubled by a creation whose answer is lost: a list tells what became of it', async () => {
    let lost = 0;
    provider.fault = (method) => (method === 'POST' && lost++ < 1 ? 'lose' : undefined);
    const ingress = await start();
    await is(ingress, 'ok');
    await rounds(3);
    expect(provider.changes()).toEqual([`POST ${EVENTS}`]);
    expect(provider.events).toHaveLength(1);
  });

  it('is kept by one of two replicas, and by the other one when that stops', async () => {
    const both = [await start(), await start()];
    // Both share this process' metrics, so their logs tell them apart.
    const keeps = ({ lines }: RegisteringIngress) =>
      lines.some(({ msg }) => msg === 'this replica keeps the registrations');
    await waitFor(() => both.some(keeps), { description: 'one keeps them' });
    await rounds(5);
    expect(both.filter(keeps)).toHaveLength(1);
    const holder = both.find(keeps)!;
    const other = both.find((ingress) => ingress !== holder)!;
    running.splice(running.indexOf(holder), 1);
    await holder.service.stop();
    provider.events.splice(0);
    await is(other, 'ok');
    expect(provider.events).toHaveLength(1);
    expect(other.changes).toEqual(['registration created']);
  });

  it('takes from the budgets of tenant and client with every call', async () => {
    const ingress = await start();
    await is(ingress, 'ok');
    const redis = new RedisClient({ url: testRedisUrl(), namespace });
    await redis.whenUp();
    const organisation = `genesys-guide:${provider.host}`;
    const keys = [`{b:acme}:tenant:${organisation}`, `{b:acme}:client:${organisation}:client`];
    expect(await redis.client.exists(...keys)).toBe(2);
    await redis.close();
  });
});

describe('while the provider does not do as asked', () => {
  it.each<[string, number, string]>([
    ['does not list', 500, 'GET'],
    ['may not be asked', 403, 'GET'],
  ])(
    'and %s, webhooks are received, the service is ready, and the state says failing until it works',
    async (_, status, method) => {
      let broken = true;
      provider.fault = (asked) => (broken && asked === method ? { status } : undefined);
      const ingress = await start();
      await is(ingress, 'failing');
      expect([await ingress.isReady(), await webhookIsAccepted(ingress)]).toEqual([true, true]);
      expect(provider.changes()).toEqual([]);
      expect(ingress.lines).toContainEqual(
        expect.objectContaining({ msg: 'registrations were not checked', account: 'one' }),
      );
      broken = false;
      await is(ingress, 'ok');
    },
  );

  it('and does not create, the state says missing until it does', async () => {
    let broken = true;
    provider.fault = (method) => (broken && method === 'POST' ? { status: 400 } : undefined);
    const ingress = await start();
    await is(ingress, 'missing');
    expect(await webhookIsAccepted(ingress)).toBe(true);
    broken = false;
    await is(ingress, 'ok');
    expect(provider.events).toHaveLength(1);
  });

  it('and throttles, it is left alone until the moment it named', async () => {
    const throttled = { status: 429, headers: { 'Retry-After': '3600' } };
    provider.fault = () => throttled;
    const ingress = await start();
    const sample = 'heliograph_ingress_subscription_checks_total{account="one",result="throttled"}';
    await waitFor(async () => (await ingress.metric(sample)) === 1, { description: 'it was throttled' });
    const { length } = provider.asked;
    // Other replicas are kept away by the paused budget, this one also by its schedule.
    for (let n = 0; n < 3; n++) expect(await webhookIsAccepted(ingress)).toBe(true);
    expect(provider.asked).toHaveLength(length);
  });
});

describe('without Redis', () => {
  it('the service starts, is ready and receives webhooks; registrations wait', async () => {
    const ingress = await start({}, `redis://127.0.0.1:${await freePort()}`);
    expect([await ingress.isReady(), await webhookIsAccepted(ingress)]).toEqual([true, true]);
    await waitFor(() => ingress.lines.some(({ msg }) => msg === 'cannot see who keeps the registrations'), {
      description: 'it says so',
    });
    expect(provider.asked).toEqual([]);
  });

  it('an account that has something to register refuses to be started without an address of it', async () => {
    const accountsFile = registeringAccounts({ url: `http://${provider.host}` });
    const started = RegisteringIngress.start({ kafkaBrokers: testKafkaBrokers(), namespace, accountsFile });
    await expect(started).rejects.toThrow('REDIS_URL is not set, but registrations are to be kept for one');
  });
});
