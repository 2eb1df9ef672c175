import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { json, ready, soon, type Answer } from '../../test/provider-stand-in.ts';
import { profileOf } from '../registry.ts';
import type { RegistrationKind, Subscription } from '../subscription-client.ts';
import { readSubscriptions } from './subscriptions.ts';

const payload = (name: string) =>
  JSON.parse(readFileSync(new URL(`./payloads/${name}.json`, import.meta.url), 'utf8')) as Record<string, unknown>;
const events = payload('request-events-subscription');
const webhook = payload('request-template-webhook');
const SUBSCRIPTIONS = '/api/v2/events/subscriptions';
const WEBHOOKS = '/api/v2/messaging/webhooks';
const endpoint = 'https://hooks.example.com/in';

/** What the guides' own bodies say, in our words. */
const wantedEvents: Subscription = {
  kind: 'events',
  name: 'headless-whatsapp-subscription',
  description: 'Captures inbound WhatsApp messages for middleware routing',
  eventTypes: ['message', 'conversation', 'routing:conversation:assignment'],
  filters: { channel: 'messaging', engagement_type: 'WHATSAPP' },
  endpoint: 'https://your-middleware.example.com/webhooks/genesys/messaging',
};
const wantedWebhook: Subscription = {
  kind: 'template-status',
  name: 'whatsapp_template_lifecycle_handler',
  description: '',
  eventTypes: ['whatsapp_status_update'],
  filters: {},
  endpoint: 'https://your-secure-endpoint.com/webhooks/whatsapp',
};
const noContent: Answer = (response) => response.writeHead(204).end();

describe('a registration', () => {
  it.each<[string, string, Subscription, object]>([
    ['guide 000, section 3', SUBSCRIPTIONS, wantedEvents, events],
    ['guide 001, section 2', WEBHOOKS, wantedWebhook, webhook],
  ])('is created, replaced and removed with exactly the body of %s', async (_, path, wanted, body) => {
    const created = await ready(json(201, { id: 'sub/1', ...body }));
    expect(await created.client.createSubscription(wanted, soon())).toEqual({ outcome: 'ok', value: { id: 'sub/1' } });
    expect(await created.client.replaceSubscription('sub/1', wanted, soon())).toEqual({ outcome: 'ok', value: true });
    const calls = created.calls.map((call) => [call.method, call.path, JSON.parse(call.body) as unknown]);
    expect(calls).toEqual([
      ['POST', path, body],
      ['PUT', `${path}/sub%2F1`, body],
    ]);
    const removed = await ready(noContent);
    expect(await removed.client.removeSubscription(wanted.kind, 'sub/1', soon())).toEqual({
      outcome: 'ok',
      value: true,
    });
    expect(removed.calls).toMatchObject([{ method: 'DELETE', path: `${path}/sub%2F1`, body: '' }]);
  });

  it.each<[RegistrationKind, string, Subscription, object]>([
    ['events', SUBSCRIPTIONS, wantedEvents, events],
    ['template-status', WEBHOOKS, wantedWebhook, webhook],
  ])('of kind %s is listed as it was created (assumed: entities in one page)', async (kind, path, wanted, body) => {
    const entity = { ...body, id: 's-1', created_at: '2026-01-01T10:00:00+01:00' };
    const { client, calls } = await ready(json(200, { entities: [entity] }));
    const listed = { ...wanted, id: 's-1', enabled: true, endpoints: 1, createdAt: '2026-01-01T09:00:00.000Z' };
    expect(await client.listSubscriptions(kind, soon())).toEqual({
      outcome: 'ok',
      value: { subscriptions: [listed], problems: [] },
    });
    expect(calls).toMatchObject([{ method: 'GET', path }]);
  });

  it('that is gone is refused as not found, one that may not be made as forbidden, and a list that is none is unknown', async () => {
    const gone = await ready(json(404, { message: 'no such subscription' }));
    expect(await gone.client.removeSubscription('events', 'x', soon())).toMatchObject({ code: 'not-found' });
    const forbidden = await ready(json(403, {}));
    expect(await forbidden.client.createSubscription(wantedEvents, soon())).toMatchObject({ code: 'forbidden' });
    const none = await ready(json(200, { items: [] }));
    expect(await none.client.listSubscriptions('events', soon())).toMatchObject({ outcome: 'unknown' });
  });

  it('whose answer is lost or cannot be read may be there', async () => {
    for (const answer of [json(201, {}), json(504, {})]) {
      const { client } = await ready(answer);
      expect(await client.createSubscription(wantedEvents, soon())).toMatchObject({ outcome: 'unknown' });
    }
  });

  it('without id or name is a problem of the list, and never stops it; whatever else is odd reads as different', () => {
    const list = { entities: [{ name: 'a' }, 7, { ...events, id: 's-1' }, { id: 's-2', name: 'odd', endpoints: 'x' }] };
    const read = readSubscriptions(list, 'events');
    expect(read).toMatchObject({
      ok: true,
      value: {
        subscriptions: [{ id: 's-1' }, { id: 's-2', eventTypes: [], filters: {}, endpoint: '', endpoints: 0 }],
        problems: [{ field: 'entities[0].id' }, { field: 'entities[1].id' }, { field: 'entities[1].name' }],
      },
    });
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom<RegistrationKind>('events', 'messages'), (entity, kind) => {
        expect(readSubscriptions({ entities: [entity] }, kind).ok).toBe(true);
      }),
    );
  });
});

describe('what is wanted of a registration', () => {
  const wish = (kind: RegistrationKind, channels: string[]) =>
    profileOf('genesys-guide')!.wantedSubscription({ kind, name: 'heliograph-acme', endpoint, channels });

  it('of events is what guide 000, section 3 and edge case 3 need, only of WhatsApp for an account that has nothing else', () => {
    const wanted = wish('events', ['whatsapp']);
    expect(wanted).toMatchObject({ name: 'heliograph-acme-events', endpoint, filters: wantedEvents.filters });
    expect(wanted.eventTypes).toEqual([...wantedEvents.eventTypes, 'routing:queue:update', 'routing:skill:update']);
    expect(wish('events', ['whatsapp', 'sms']).filters).toEqual({ channel: 'messaging' });
    expect(wish('events', ['sms']).filters).toEqual({ channel: 'messaging' });
  });

  it('of messages is the topic of guide 002, edge case 1; of templates the event of guide 001, section 2', () => {
    expect(wish('messages', ['sms'])).toMatchObject({
      name: 'heliograph-acme-messages',
      eventTypes: ['messaging.conversation.messages'],
    });
    expect(wish('template-status', ['whatsapp'])).toMatchObject({ eventTypes: ['whatsapp_status_update'] });
  });
});

describe('engagements (guide 000, section 1; lists assumed)', () => {
  const whatsapp = { id: 'e-1', type: 'WHATSAPP', phone_numbers: ['+1 555 000 9876', 'nonsense', 7] };

  it('are the providers where those carry numbers, one request for each page', async () => {
    const { client, calls } = await ready(json(200, { entities: [whatsapp, { id: 'mail', type: 'EMAIL' }] }));
    expect(await client.listEngagements(soon())).toEqual({
      outcome: 'ok',
      value: { engagements: [{ id: 'e-1', channel: 'whatsapp', addresses: ['15550009876'] }] },
    });
    expect(calls).toMatchObject([{ method: 'GET', path: '/api/v2/messaging/providers' }]);
  });

  it('are asked for by themselves where the providers carry none', async () => {
    const { client, calls } = await ready(json(200, { entities: [{ id: 'p-1', type: 'WHATSAPP', name: 'WhatsApp' }] }));
    expect(await client.listEngagements(soon())).toEqual({
      outcome: 'ok',
      value: { engagements: [], next: 'engagements' },
    });
    const second = await client.listEngagements({ ...soon(), cursor: 'engagements' });
    expect(second).toEqual({ outcome: 'ok', value: { engagements: [] } });
    expect(calls.map(({ path }) => path)).toEqual(['/api/v2/messaging/providers', '/api/v2/messaging/engagements']);
  });
});
