import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TOPICS, type TemplateAlert } from '@heliograph/contracts';
import { RedisClient } from '@heliograph/redis';
import { testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { ProviderStandIn } from '../../test/provider-stand-in.ts';
import { ACCOUNT, accountsFile, TestRegistry, TopicView } from '../../test/registry.ts';
import { tell } from '../../test/template-events.ts';
import { file } from '../../test/template-files.ts';

const HOUR_S = 3_600;
const APPLIED = `{templates:${ACCOUNT}}:applied`;
const BODY = [{ type: 'BODY', text: 'Your order {{1}} is on its way.' }];

let provider: ProviderStandIn;
let namespace: string;
let accounts: string;
let registry: TestRegistry;
let replica: TestRegistry;
let states: TopicView;
let alerts: TopicView;

const entry = (name: string, status: string) => ({
  id: name,
  name,
  language: 'en_US',
  category: 'UTILITY',
  status,
  components: BODY,
});
const is = (name: string, status: string) =>
  waitFor(() => states.statuses[name] === status, { description: `${name} is ${status}` });
const alarms = (name: string) =>
  alerts.records.map(({ json }) => json as TemplateAlert).filter((alert) => alert.name === name);
const sends = async (name: string) =>
  (await registry.call<{ sends: object[] }>('GET', `/v1/templates/${name}`)).json.sends[0];
const ready = (one: TestRegistry) =>
  waitFor(async () => (await one.problems()) === undefined, { description: 'the service is ready' });

beforeAll(async () => {
  provider = await ProviderStandIn.start();
  provider.templates = { 'wa-1': ['flagged', 'seen', 'told'].map((name) => entry(name, 'APPROVED')) };
  namespace = uniqueNamespace('lifecycle');
  accounts = accountsFile({ url: provider.url });
  // Nothing is polled: what happens here, happens because of events.
  registry = await TestRegistry.start(namespace, { accountsFile: accounts, pollSeconds: HOUR_S });
  await ready(registry);
  replica = await TestRegistry.start(namespace, { accountsFile: accounts, pollSeconds: HOUR_S });
  states = await TopicView.open(namespace);
  alerts = await TopicView.open(namespace, TOPICS.templateAlert);
  await is('seen', 'APPROVED');
}, 60_000);

beforeEach(() => ready(registry));

afterAll(async () => {
  await registry.stop();
  await replica.stop();
  await states.close();
  await alerts.close();
  await provider.close();
});

describe('what a provider tells of a template (guide 001, section 2)', () => {
  it('becomes its state without a poll: in review, approved, rejected with the fallback that takes over, approved again', async () => {
    const short = [{ template: 'order_sms', channel: 'sms', sender: `alerts-${ACCOUNT}` }];
    const files = [file('order', { fallbacks: short }), file('order_sms', { channel: 'sms' })];
    expect((await registry.call('POST', '/v1/templates/apply', { files })).status).toBe(200);
    await is('order', 'PENDING');
    await is('order_sms', 'PUBLISHED');
    await tell(namespace, { name: 'order', status: 'IN_REVIEW' });
    await is('order', 'IN_REVIEW');
    await tell(namespace, { name: 'order', status: 'APPROVED' });
    await is('order', 'APPROVED');
    await waitFor(async () => JSON.stringify(await sends('order')) === '{"language":"en_US","sends":"order"}', {
      description: 'the template itself is sent',
    });
    await tell(namespace, { name: 'order', status: 'REJECTED', reason: 'POLICY_VIOLATION' });
    await is('order', 'REJECTED');
    await waitFor(() => alarms('order').length === 1, { description: 'an alert' });
    expect(await sends('order')).toMatchObject({ sends: 'order_sms', by: 'sms' });
    await tell(namespace, { name: 'order', status: 'APPROVED' });
    await waitFor(() => alarms('order').length === 2, { description: 'another alert' });
    expect(alarms('order')).toMatchObject([
      {
        what: 'withdrawn',
        reason: 'was APPROVED, is REJECTED: POLICY_VIOLATION',
        definition: 'order',
        fallback: 'order_sms (sms)',
      },
      { what: 'restored', reason: 'was REJECTED, is APPROVED again' },
    ]);
    expect(states.states.order).toMatchObject({ definition: 'order', version: 1 });
    expect(states.states.order!.history!.map(({ status, source }) => `${status} ${source}`)).toEqual([
      'PENDING submission',
      'IN_REVIEW webhook',
      'APPROVED webhook',
      'REJECTED webhook',
      'APPROVED webhook',
    ]);
    expect(await registry.metric(`heliograph_templates_alerts_total{account="${ACCOUNT}",what="withdrawn"}`)).toBe(1);
  }, 60_000);

  it('in a word that nobody knows may not be sent any more; quality and category are reported', async () => {
    await tell(
      namespace,
      { name: 'flagged', quality: 'GREEN' },
      { name: 'flagged', quality: 'RED', category: 'MARKETING' },
    );
    await tell(namespace, { name: 'flagged', status: 'LOCKED' });
    await is('flagged', 'DISABLED');
    await waitFor(() => alarms('flagged').length === 3, { description: 'three alerts' });
    expect(alarms('flagged').map(({ what, reason }) => `${what}: ${reason}`)).toEqual([
      'quality-fell: quality was GREEN, is RED',
      'category-changed: category was UTILITY, is MARKETING',
      'withdrawn: was APPROVED, is DISABLED: the provider calls it LOCKED',
    ]);
  }, 60_000);

  it('of a template that nobody knows yet has the provider read at once', async () => {
    provider.templates['wa-1']!.push(entry('surprise', 'APPROVED'));
    await tell(namespace, { name: 'surprise', status: 'APPROVED' });
    await is('surprise', 'APPROVED');
  }, 60_000);

  it('is not turned back by a reading that began before it came', async () => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const lists = () =>
      provider.arrivals.filter(({ method, path }) => method === 'GET' && path.includes('wa-1')).length;
    const before = lists();
    provider.fault = () => {
      if (lists() > before) provider.hold = opened;
      return undefined;
    };
    // A reading begins, and its list, in which the template is approved, is on its way.
    await tell(namespace, { name: 'nobody_has_it', status: 'APPROVED' });
    await waitFor(() => lists() > before, { description: 'a list that is on its way' });
    await tell(namespace, { name: 'seen', status: 'REJECTED', reason: 'POLICY_VIOLATION' });
    await is('seen', 'REJECTED');
    provider.templates['wa-1']!.find(({ name }) => name === 'seen')!.status = 'REJECTED';
    const rounds = provider.rounds;
    provider.fault = () => undefined;
    provider.hold = Promise.resolve();
    open();
    await waitFor(() => provider.rounds > rounds, { description: 'the reading goes on' });
    await tell(namespace, { name: 'told', quality: 'YELLOW' });
    await waitFor(() => states.states.told?.quality === 'YELLOW', { description: 'what came after the reading' });
    const said = states.records.map(({ json }) => json as { name: string; status: string });
    expect(said.filter(({ name }) => name === 'seen').map(({ status }) => status)).toEqual(['APPROVED', 'REJECTED']);
  }, 60_000);

  it('is applied by one of two replicas, and by its successor not again, even when Redis has forgotten how far it was', async () => {
    await tell(namespace, { name: 'told', status: 'PAUSED' }, { name: 'told', status: 'APPROVED' });
    const told = () => states.records.filter(({ json }) => (json as { name: string }).name === 'told').length;
    await waitFor(
      () => states.states.told?.history?.at(-1)?.status === 'APPROVED' && states.states.told.history.length === 3,
      {
        description: 'both are applied',
      },
    );
    const before = { records: told(), alerts: alerts.records.length };
    const redis = new RedisClient({ url: testRedisUrl(), namespace });
    await redis.whenUp();
    await registry.stop();
    await redis.client.del(APPLIED);
    await waitFor(async () => (await redis.client.get(APPLIED)) !== null, {
      description: 'the other replica has caught up',
    });
    await redis.close();
    const rounds = provider.rounds;
    registry = await TestRegistry.start(namespace, { accountsFile: accounts, pollSeconds: HOUR_S });
    await tell(namespace, { name: 'nobody_either', status: 'APPROVED' });
    await waitFor(() => provider.rounds > rounds, { description: 'a reading after all of it' });
    expect({ records: told(), alerts: alerts.records.length }).toEqual(before);
  }, 60_000);
});
