import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { edited } from '../testing/edited.ts';
import { Receiver } from '../testing/receiver.ts';
import { conversationBody, SMS_SENDER, startSimulator, type Reply, type Running } from '../testing/running.ts';

const SUBSCRIPTIONS = '/api/v2/events/subscriptions';
const WEBHOOKS = '/api/v2/messaging/webhooks';
const ENGAGEMENTS = '/api/v2/messaging/engagements';

let simulator: Running;
let receiver: Receiver;

beforeEach(async () => {
  receiver = await Receiver.start();
  simulator = await startSimulator({ webhook: { deliverTo: 'subscriptions' } });
});
afterEach(async () => {
  await simulator.close();
  await receiver.close();
});

/** Guide 000 §3, with the address of the test. */
const subscription = (url = receiver.url) => ({
  name: 'headless-whatsapp-subscription',
  description: 'Captures inbound WhatsApp messages for middleware routing',
  event_types: ['message', 'conversation', 'routing:conversation:assignment'],
  filters: { channel: 'messaging', engagement_type: 'WHATSAPP' },
  endpoints: [{ url, type: 'http' }],
});
/** Guide 001 §2. */
const webhook = (url = receiver.url) => ({
  name: 'whatsapp_template_lifecycle_handler',
  url,
  events: ['whatsapp_status_update'],
  enabled: true,
});
const registrations = () => simulator.control('GET', '/accounts/acme/registrations');
const delivered = () => simulator.control('GET', '/wait?pending=0');
const reasonOf = ({ status, body }: Reply) => `${status} ${body.message}`;

describe('registrations (guide 000, section 3; guide 001, section 2)', () => {
  it('are created with the bodies of the guides, listed, replaced and removed; their age stays', async () => {
    for (const [path, body, change] of [
      [SUBSCRIPTIONS, subscription(), { description: 'changed' }],
      [WEBHOOKS, webhook(), { enabled: false }],
    ] as const) {
      const created = await simulator.api('POST', path, body);
      expect(created).toMatchObject({ status: 201, body });
      const { id } = created.body;
      expect((await simulator.api('GET', path)).body.entities).toEqual([created.body]);
      expect((await simulator.api('GET', `${path}/${id}`)).body).toEqual(created.body);
      const replaced = await simulator.api('PUT', `${path}/${id}`, { ...body, ...change });
      expect(replaced).toMatchObject({ status: 200, body: { ...created.body, ...change } });
      expect((await simulator.api('DELETE', `${path}/${id}`)).status).toBe(204);
      expect((await simulator.api('DELETE', `${path}/${id}`)).status).toBe(404);
      expect((await simulator.api('GET', path)).body.entities).toEqual([]);
    }
  });

  it('are doubled by whoever creates one twice: the provider does not look at names', async () => {
    await simulator.api('POST', SUBSCRIPTIONS, subscription());
    await simulator.api('POST', SUBSCRIPTIONS, subscription());
    expect((await registrations()).subscriptions).toHaveLength(2);
  });

  it.each<[string, string, unknown, string]>([
    [SUBSCRIPTIONS, 'name', undefined, 'name: is required'],
    [SUBSCRIPTIONS, 'event_types', [], 'event_types: must have 1 to'],
    [SUBSCRIPTIONS, 'event_types[0]', 'messages', 'event_types[0]: must be "message"'],
    [SUBSCRIPTIONS, 'filters.channel', 'voice', 'filters.channel: must be "messaging"'],
    [SUBSCRIPTIONS, 'filters.queue', 'x', 'filters.queue: is not a known field'],
    [SUBSCRIPTIONS, 'endpoints', [], 'endpoints: must have 1 to 5 entries'],
    [SUBSCRIPTIONS, 'endpoints[0].url', 'nowhere', 'endpoints[0].url: must look like'],
    [SUBSCRIPTIONS, 'endpoints[0].type', 'https', 'endpoints[0].type: must be "http"'],
    [SUBSCRIPTIONS, 'enabled', true, 'enabled: is not a known field'],
    [WEBHOOKS, 'url', 'nowhere', 'url: must look like'],
    [WEBHOOKS, 'events[0]', 'message', 'events[0]: must be'],
    [WEBHOOKS, 'enabled', 'yes', 'enabled: must be true or false'],
    [WEBHOOKS, 'description', 'x', 'description: is not a known field'],
  ])('are refused at %s for a wrong %s', async (path, field, value, reason) => {
    const body = edited(path === SUBSCRIPTIONS ? subscription() : webhook(), field, value);
    expect(reasonOf(await simulator.api('POST', path, body))).toContain(`400 ${reason}`);
  });

  it('need their scopes, and faults hit them like every other request', async () => {
    await simulator.control('PATCH', '/accounts/acme/settings', { scopes: ['view:engagement'] });
    await simulator.logIn();
    expect(reasonOf(await simulator.api('GET', SUBSCRIPTIONS))).toBe('403 scope: view:events is required');
    expect(reasonOf(await simulator.api('POST', WEBHOOKS, webhook()))).toBe(
      '403 scope: messaging:provider:write is required',
    );
    await simulator.fault({ kind: 'status', status: 500, match: { method: 'DELETE', path: `${SUBSCRIPTIONS}/*` } });
    expect((await simulator.api('DELETE', `${SUBSCRIPTIONS}/any`)).status).toBe(500);
    expect((await simulator.api('GET', ENGAGEMENTS)).status).toBe(200);
  });

  it('can be looked at, changed and removed by control, which is how an administrator plays', async () => {
    const { id } = (await simulator.api('POST', SUBSCRIPTIONS, subscription())).body;
    await simulator.control('PATCH', `/accounts/acme/registrations/${id}`, { event_types: ['message'] });
    await simulator.control('POST', '/accounts/acme/registrations/subscriptions', { ...subscription(), name: 'other' });
    await simulator.control('POST', '/accounts/acme/registrations/webhooks', webhook());
    const { subscriptions, webhooks } = await registrations();
    expect(subscriptions).toMatchObject([{ id, event_types: ['message'] }, { name: 'other' }]);
    expect(webhooks).toMatchObject([webhook()]);
    await simulator.control('DELETE', `/accounts/acme/registrations/${id}`);
    expect((await registrations()).subscriptions).toMatchObject([{ name: 'other' }]);
  });
});

describe('with delivery to subscriptions, events', () => {
  it('are sent to whoever has registered for their type and channel, and to nobody else', async () => {
    await simulator.customerWrites('nobody hears');
    await simulator.api('POST', SUBSCRIPTIONS, { ...subscription(), event_types: ['message'] });
    await simulator.customerWrites('heard', '+15550004321');
    const body = { from: '+15550004322', to: SMS_SENDER, text: 'on another channel' };
    await simulator.control('POST', '/accounts/acme/customer-messages', body);
    await delivered();
    expect(receiver.deliveries.map(({ event }) => event.body?.text)).toEqual(['heard']);
    const { accounts } = await simulator.control('GET', '/state');
    expect(accounts.acme?.events).toMatchObject({ emitted: 9, acknowledged: 1, abandoned: 0, pending: 0 });
  });

  it('are sent twice, under one id, to one who has registered twice, or for messages by webhook, too', async () => {
    await simulator.api('POST', SUBSCRIPTIONS, subscription());
    const events = ['messaging.conversation.messages'];
    await simulator.api('POST', WEBHOOKS, { ...webhook(), events });
    await simulator.customerWrites();
    await delivered();
    const ids = receiver.deliveries.map(({ event }) => event.id);
    expect([ids.length, new Set(ids).size]).toEqual([4, 3]);
  });

  it('stop when the registration is removed or moved, also those that wait for another try', async () => {
    const { id } = (await simulator.api('POST', SUBSCRIPTIONS, subscription())).body;
    receiver.answer = () => 503;
    await simulator.customerWrites();
    await receiver.until(2);
    await simulator.api('DELETE', `${SUBSCRIPTIONS}/${id}`);
    await delivered();
    const { accounts } = await simulator.control('GET', '/state');
    expect(accounts.acme?.events).toMatchObject({ acknowledged: 0, abandoned: 3 });
  });
});

describe('engagements (guide 000, section 1)', () => {
  it('have the numbers of the senders, or those of the settings', async () => {
    const { body } = await simulator.api('GET', ENGAGEMENTS);
    expect(body.entities).toMatchObject([
      { type: 'WHATSAPP', provider: 'META', phone_numbers: ['+15550009876'] },
      { type: 'SMS', phone_numbers: ['+15550001111'] },
    ]);
    const engagements = [{ id: 'e-1', provider: 'META', type: 'WHATSAPP', phone_numbers: ['+15550005432'] }];
    await simulator.control('PATCH', '/accounts/acme/settings', { engagements });
    expect((await simulator.api('GET', ENGAGEMENTS)).body.entities).toEqual(engagements);
  });
});

describe('without delivery to subscriptions', () => {
  it('events go to the configured address, whatever is registered', async () => {
    await simulator.control('PUT', '/accounts/acme/webhooks', { deliverTo: 'url', url: receiver.url });
    await simulator.api('POST', SUBSCRIPTIONS, subscription('http://127.0.0.1:1/nobody'));
    await simulator.api('POST', '/api/v2/conversations/messaging', conversationBody());
    await delivered();
    expect(receiver.deliveries).toHaveLength(2);
  });
});
