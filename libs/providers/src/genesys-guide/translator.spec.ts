import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { MessageReceived, problemsOf } from '@heliograph/contracts';
import fc from 'fast-check';
import type { Translation } from '../provider-fact.ts';
import { translator } from './translator.ts';

/** The cases are in payloads.spec.ts; here is everything that nobody recorded. */
const name = fc.constantFrom(
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
  'authenticated',
  'text',
  'payload',
  'url',
  'latitude',
);
const word = fc.constantFrom('message', 'conversation', 'text', 'image', 'card', 'open:room', 'https://a.example/1');
const value = fc.oneof({ maxDepth: 3 }, fc.jsonValue(), word, fc.double(), fc.constant({ id: 'x' }));
const event = fc.dictionary(name, fc.oneof(value, fc.dictionary(name, value)));

const isExplained = (result: Translation): boolean =>
  result.ok ? result.facts.length === 1 : result.reason !== '' && result.problems.length > 0;

describe('translating anything', () => {
  it('never throws, and always says why it refuses', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.jsonValue(), event), (data) => isExplained(translator.translate(data))),
      { numRuns: 1000 },
    );
  });

  const whole = JSON.parse(
    readFileSync(new URL('./payloads/reply-quick-reply.json', import.meta.url), 'utf8'),
  ) as Record<string, unknown>;
  const body = fc.record(
    {
      type: fc.oneof(fc.constantFrom('text', 'image', 'audio', 'file', 'location', 'quick-reply', 'list'), fc.string()),
      text: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
      payload: fc.oneof(fc.string({ unit: 'grapheme' }), fc.jsonValue()),
      url: fc.oneof(fc.webUrl(), fc.jsonValue()),
      mimeType: fc.oneof(fc.string(), fc.jsonValue()),
      latitude: fc.oneof(fc.double(), fc.jsonValue()),
      longitude: fc.oneof(fc.double(), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );

  it('a body of any kind is a fact that the contract takes, or is refused by fields of the body', () => {
    const parties = {
      conversationId: 'f8519edf-77dd-59fa-a346-dae08fd9c0be',
      tenant: 'acme',
      account: 'acme-genesys',
      channel: 'open',
      sender: 'support',
      contact: 'room:42',
    };
    fc.assert(
      fc.property(body, (given) => {
        const result = translator.translate({ ...whole, body: given });
        if (!result.ok) return result.problems.every(({ field }) => field.startsWith('body.'));
        const [fact] = result.facts;
        if (fact?.kind !== 'message') return false;
        const { providerMessageId, at, content } = fact;
        const received = { ...parties, providerMessageId, at, content };
        return problemsOf(MessageReceived, JSON.parse(JSON.stringify(received))).length === 0;
      }),
      { numRuns: 400 },
    );
  });

  it.each(['__proto__', 'constructor', 'toString'])('a type named %s is an unknown type', (type) => {
    expect(translator.translate(JSON.parse(`{"type":"${type}"}`))).toMatchObject({
      ok: false,
      reason: `unknown event type "${type}"`,
    });
  });
});
