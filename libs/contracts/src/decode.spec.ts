import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeEvent, type CloudEvent } from './cloud-event.ts';
import { decodeEvent } from './decode.ts';
import { EVENTS } from './events.ts';
import { conversationId } from './conversation-id.ts';

const topic = EVENTS.messageReceived.topic.name;
const id = conversationId('acme', 'whatsapp', 'support', '15550001234');
const data = {
  conversationId: id,
  tenant: 'acme',
  account: 'acme-genesys',
  channel: 'whatsapp',
  sender: 'support',
  contact: '15550001234',
  providerMessageId: 'm1',
  at: '2026-03-02T09:14:58.000Z',
  content: { type: 'text', text: 'hello' },
};
const event: CloudEvent = {
  id: 'e1',
  type: 'message.received',
  source: '/heliograph/dedup-router',
  time: '2026-03-02T09:15:00.250Z',
  partitionKey: id,
  extensions: { tenant: 'acme' },
  data,
};

function record(changes: Partial<CloudEvent> = {}, value?: Buffer | null, key?: Buffer | null) {
  const encoded = encodeEvent({ ...event, ...changes });
  return {
    headers: encoded.headers as Record<string, string | undefined>,
    key: key === undefined ? Buffer.from(encoded.key) : key,
    value: value === undefined ? encoded.value : value,
  };
}

function problems(of: ReturnType<typeof record>, on = topic) {
  const decoded = decodeEvent(on, of);
  return decoded.ok ? [] : decoded.problems;
}

describe('an event written as a record', () => {
  it('reads back as it was, whatever its attributes hold', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    const extensions = fc.dictionary(fc.stringMatching(/^x[a-z0-9]{1,12}$/), text, { maxKeys: 4 });
    const some = fc.record(
      { id: text, source: text, time: text, extensions, subject: text, traceparent: text, origin: text },
      { requiredKeys: ['id', 'source', 'time', 'extensions'] },
    );
    fc.assert(
      fc.property(some, (attributes) => {
        const written = { ...event, ...attributes };
        const { key, value, headers } = encodeEvent(written);
        const buffers = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
        expect(decodeEvent(topic, { key: Buffer.from(key), value, headers: buffers })).toEqual({
          ok: true,
          event: written,
        });
      }),
    );
  });

  it('carries a Buffer as data byte for byte', () => {
    const raw = Buffer.from('{ "id" : "evt-1" }');
    expect(encodeEvent({ ...event, data: raw }).value).toBe(raw);
  });
});

describe('a bad record', () => {
  it('is refused with every field that is wrong', () => {
    const wrong = { ...data, conversationId: 'x', sender: '', at: 'yesterday', content: { type: 'text', text: 3 } };
    expect(problems(record({ data: wrong })).map((problem) => problem.field)).toEqual(
      expect.arrayContaining(['conversationId', 'sender', 'at', 'content.text']),
    );
  });

  it('is refused with every attribute that is missing', () => {
    const bare = { key: null, value: Buffer.from('{}'), headers: {} };
    expect(problems(bare)).toEqual(
      ['ce_id', 'ce_type', 'ce_source', 'ce_time', 'key'].map((field) => ({ field, reason: 'is missing' })),
    );
  });

  it.each([
    ['without a value', record({}, null), { field: '', reason: 'the record has no value' }],
    ['that is not UTF-8', record({}, Buffer.from([0x7b, 0xff, 0x7d])), { field: '', reason: 'the value is not UTF-8' }],
    ['that is cut off', record({}, Buffer.from('{"a":')), { field: '', reason: expect.stringContaining('not JSON') }],
    ['that is no object', record({}, Buffer.from('"text"')), { field: '', reason: 'must be a JSON object' }],
    ['that is an array', record({}, Buffer.from('[]')), { field: '', reason: 'must be a JSON object' }],
    [
      'of an unknown type',
      record({ type: 'x' }),
      { field: 'ce_type', reason: expect.stringContaining('message.received') },
    ],
    [
      'under another key',
      record({ partitionKey: 'x' }),
      { field: 'key', reason: expect.stringContaining('conversationId') },
    ],
  ])('%s is refused with the reason', (_title, bad, problem) => {
    expect(problems(bad)).toEqual([problem]);
  });

  it('of a provider must be an object too, and is not looked into', () => {
    const { topic: webhooks, type } = EVENTS.webhookReceived;
    expect(problems(record({ type }, Buffer.from('[1]')), webhooks.name)).toHaveLength(1);
    expect(problems(record({ type }, Buffer.from('{"anything":[1]}')), webhooks.name)).toEqual([]);
  });

  it.each(['[', '{"a":'])('nested very deeply with %s is a value, not a crash', (opening) => {
    const closing = opening === '[' ? ']' : '}';
    const deep = JSON.stringify({ ...data, at: 3, later: 0 }).replace(
      '"later":0',
      `"later":${opening.repeat(50_000)}0${closing.repeat(50_000)}`,
    );
    expect(problems(record({}, Buffer.from(deep)))).not.toHaveLength(0);
  });

  it('is described without quoting it', () => {
    const secret = 'hunter2';
    const bad = [
      Buffer.from(`{"text":"${secret}`),
      Buffer.from(JSON.stringify({ ...data, at: secret, channel: secret })),
    ];
    for (const value of bad) expect(JSON.stringify(problems(record({}, value)))).not.toContain(secret);
  });
});
