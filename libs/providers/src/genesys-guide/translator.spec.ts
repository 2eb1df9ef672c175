import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { translator } from './translator.ts';
import { webhook } from './webhook.ts';

const folder = new URL('./payloads/', import.meta.url);
const payload = (name: string): unknown => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

const CONVERSATION = '6f1d2c3b-4a59-4e68-8b77-0c1d2e3f4a5b';
const at = '2026-03-04T09:15:30.250Z';
const party = (channel: string, raw: string, address: string) => ({ raw: `${channel}:${raw}`, channel, address });
const customer = party('whatsapp', '+15550001234', '15550001234');
const ours = party('whatsapp', '+15550009876', '15550009876');
const inbound = { at, channel: 'whatsapp', from: customer, to: ours, providerConversationId: CONVERSATION };
const outbound = { ...inbound, from: ours, to: customer };
const bare = { at, providerConversationId: CONVERSATION };

const text = (eventId: string, words: string, more: object = {}) => ({
  ...inbound,
  kind: 'message',
  direction: 'inbound',
  eventId,
  providerMessageId: `wamid-${eventId}`,
  content: { type: 'text', text: words },
  ...more,
});
const receipt = (eventId: string, status: string) => ({
  ...outbound,
  kind: 'status',
  direction: 'outbound',
  eventId,
  providerMessageId: 'out-77',
  status,
});
const question = 'Where is my order?';

/** Every payload that is one event → the fact it becomes. A key with the value undefined is absent. */
const facts: Record<string, object> = {
  'message-whatsapp-text': text('ev-0001', question),
  'message-sms-text': text('ev-0002', 'STOP', {
    channel: 'sms',
    from: party('sms', '+15550001234', '+15550001234'),
    to: party('sms', '+15550001111', '+15550001111'),
  }),
  'message-without-conversation': text('ev-0003', question, { providerConversationId: undefined }),
  'message-without-recipient': text('ev-0004', question, { to: undefined }),
  'message-image': text('ev-0005', '', { content: { type: 'image' } }),
  'message-empty-text': text('ev-0006', ''),
  'message-right-to-left': text('ev-0007', 'שלום, איפה ההזמנה שלי? مرحبا'),
  'message-unusual-unicode': text('ev-0008', '👩‍👩‍👧‍👦 e\u0301 \u202eabc\u202c \u0000 🇩🇪'),
  'message-4000-characters': text('ev-0009', '0123456789'.repeat(400)),
  'message-unknown-fields': text('ev-0010', question),
  'message-nulls': text('ev-0011', question, { to: undefined }),
  'message-with-zone-offset': text('ev-0012', question, { at: '2026-03-04T09:15:30.000Z' }),
  'receipt-sent': receipt('ev-0101', 'sent'),
  'receipt-delivered': receipt('ev-0102', 'delivered'),
  'receipt-read': receipt('ev-0103', 'read'),
  'receipt-failed': { ...receipt('ev-0104', 'failed'), reason: '131051: the customer service window is closed' },
  'receipt-empty-reason': receipt('ev-0106', 'sent'),
  'receipt-without-addresses': {
    ...receipt('ev-0105', 'delivered'),
    from: undefined,
    to: undefined,
    channel: undefined,
  },
  'conversation-queued': { ...inbound, kind: 'conversation', eventId: 'ev-0201', state: 'queued' },
  'conversation-active': { ...bare, kind: 'conversation', eventId: 'ev-0202', state: 'active' },
  'conversation-closed': { ...bare, kind: 'conversation', eventId: 'ev-0203', state: 'closed' },
  'assignment-queue': {
    ...bare,
    kind: 'assignment',
    eventId: 'ev-0301',
    assignee: { kind: 'queue', id: 'a1b2c3d4-e5f6-7890-abcd-ef1234567890' },
  },
  'assignment-agent': {
    ...bare,
    kind: 'assignment',
    eventId: 'ev-0302',
    assignee: { kind: 'agent', id: 'agent-user-id-12345' },
  },
  'assignment-bot': { ...bare, kind: 'assignment', eventId: 'ev-0303', assignee: { kind: 'bot', id: 'bot-orders' } },
};

/** Every payload that is no fact → the reason, and the fields that are wrong. */
const refusals: Record<string, [reason: string, ...fields: string[]]> = {
  'bad-unknown-type': ['unknown event type "routing:wrapup:update"', 'type'],
  'bad-missing-fields': [
    'wrong fields of a message event: id, timestamp, body.type, message.id',
    'id',
    'timestamp',
    'body.type',
    'message.id',
  ],
  'bad-wrong-types': [
    'wrong fields of a message event: to.id, conversation.id, id, timestamp, body.type, message.id',
    'to.id',
    'conversation.id',
    'id',
    'timestamp',
    'conversation.id',
    'body.type',
    'message.id',
  ],
  'bad-wrong-nesting': ['the event has no type', 'type'],
  'bad-status': ['wrong fields of a message event: status', 'status'],
  'bad-two-channels': ['wrong fields of a message event: to.id', 'to.id'],
  'bad-no-conversation-at-all': ['wrong fields of a message event: conversation.id', 'conversation.id'],
  'bad-timestamp-without-zone': ['wrong fields of a message event: timestamp', 'timestamp'],
  'bad-not-an-object': ['the event is not a JSON object', ''],
};

describe('recorded payloads', () => {
  it.each(Object.entries(facts))('%s becomes its fact', (name, fact) => {
    expect(translator.translate(payload(name))).toEqual({ ok: true, facts: [fact] });
  });

  it.each(Object.entries(refusals))('%s is refused with every wrong field named', (name, [reason, ...fields]) => {
    const result = translator.translate(payload(name));
    expect(result).toMatchObject({ ok: false, reason });
    expect(result.ok || result.problems.map((problem) => problem.field)).toEqual(fields);
    expect(JSON.stringify(result)).not.toMatch(/1555|hello/);
  });

  it('all stand in one of the two tables, or are a batch, a request or an answer', () => {
    const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
    const others = names.filter((name) => !/^(batch|request|answer)-/.test(name));
    expect(others.sort()).toEqual([...Object.keys(facts), ...Object.keys(refusals)].sort());
  });

  it('get their id and time from split as translate sees them', () => {
    for (const name of Object.keys(facts)) {
      const split = webhook.split(readFileSync(new URL(`${name}.json`, folder)));
      expect(split).toMatchObject({ ok: true, events: [{ id: expect.any(String) }] });
      const fact = facts[name];
      expect(split).toMatchObject({ events: [{ time: fact && 'at' in fact ? fact.at : undefined }] });
    }
  });
});

describe('translating anything else', () => {
  const path = fc.constantFrom(
    'id',
    'type',
    'timestamp',
    'conversation',
    'message',
    'from',
    'to',
    'body',
    'status',
    'assignee',
  );
  const event = fc.dictionary(path, fc.oneof(fc.jsonValue(), fc.constantFrom('message', 'conversation', { id: 'x' })));

  it('never throws, and always says why it refuses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), event), (data) => {
        const result = translator.translate(data);
        return result.ok ? result.facts.length === 1 : result.reason !== '' && result.problems.length > 0;
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['__proto__', 'constructor', 'toString'])('a type named %s is an unknown type', (type) => {
    expect(translator.translate(JSON.parse(`{"type":"${type}"}`))).toMatchObject({
      ok: false,
      reason: `unknown event type "${type}"`,
    });
  });
});
