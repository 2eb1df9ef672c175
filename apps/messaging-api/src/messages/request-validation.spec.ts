import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@heliograph/http-api';
import { readSendMessage } from './request-validation.ts';

const valid = { channel: 'whatsapp', sender: 'support', to: '+15550001234', text: 'hello' };
const without = (field: keyof typeof valid) => Object.fromEntries(Object.entries(valid).filter(([k]) => k !== field));
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

function refusalOf(body: unknown): { field: string; reason: string }[] {
  try {
    readSendMessage(body);
  } catch (error) {
    if (error instanceof ApiError && error.getStatus() === 400) return [...error.details];
    throw error;
  }
  return [];
}

describe('a request to send a message', () => {
  it('is read when it has all that is needed', () => {
    expect(readSendMessage(valid)).toMatchObject(valid);
    expect(
      readSendMessage({
        ...without('text'),
        class: 'campaign',
        template: { name: 'order_update', language: 'en_US', parameters: ['1'] },
        expiresAt: '2030-01-31T18:00:00+01:00',
      }),
    ).toMatchObject({ class: 'campaign', template: { name: 'order_update' } });
    const routing = {
      queueId: 'q',
      priority: 5,
      skills: [{ id: 's', level: 3 }],
      attributes: { vip: true, tier: 'a' },
    };
    const windowTemplate = { name: 'a', language: 'en' };
    const policies = { ifUnsupported: 'split', ifWindowClosed: 'hold', windowTemplate, routing };
    expect(readSendMessage({ ...valid, ...policies })).toMatchObject(policies);
  });

  it.each([
    ['nothing', undefined, '(body)', 'must be a JSON object'],
    ['null', null, '(body)', 'must be a JSON object'],
    ['a list', [valid], '(body)', 'must be a JSON object'],
    ['a text', 'hello', '(body)', 'must be a JSON object'],
    ['no channel', without('channel'), 'channel', 'channel must be one of'],
    ['an unknown channel', { ...valid, channel: 'fax' }, 'channel', 'channel must be one of'],
    ['no sender', without('sender'), 'sender', 'sender must be a string'],
    ['a sender that is a number', { ...valid, sender: 7 }, 'sender', 'sender must be a string'],
    ['an empty recipient', { ...valid, to: '' }, 'to', 'to should not be empty'],
    ['no content', without('text'), 'text', 'give exactly one of text, template, image'],
    ['text and template', { ...valid, template: { name: 'a', language: 'en' } }, 'template', 'not text and template'],
    ['a text that is null', { ...valid, text: null }, 'text', 'text must be a string'],
    ['a text that is an object', { ...valid, text: { a: 1 } }, 'text', 'text must be a string'],
    ['a template that is a text', { ...without('text'), template: 'order' }, 'template', 'template must be an object'],
    [
      'a template without a language',
      { ...without('text'), template: { name: 'a' } },
      'template.language',
      'must be a',
    ],
    [
      'a parameter that is a number',
      { ...without('text'), template: { name: 'a', language: 'en', parameters: [1] } },
      'template.parameters',
      'must be a string',
    ],
    ['an unknown class', { ...valid, class: 'urgent' }, 'class', 'class must be one of'],
    ['an expiry without a time zone', { ...valid, expiresAt: '2030-01-31T18:00:00' }, 'expiresAt', 'time zone'],
    ['an expiry that is no date', { ...valid, expiresAt: '2030-02-31T18:00:00Z' }, 'expiresAt', 'ISO 8601'],
    ['a misspelt field', { ...valid, expireAt: '2030-01-31T18:00:00Z' }, 'expireAt', 'is not a known field'],
    [
      'an unknown field of the template',
      { ...without('text'), template: { name: 'a', language: 'en', header: 'x' } },
      'template.header',
      'is not a known field',
    ],
    ['a misspelt content', { ...without('text'), quickreply: {} }, 'quickreply', 'did you mean "quickReply"?'],
    ['a content that is a text', { ...without('text'), card: 'x' }, 'card', 'card must be an object'],
    ['a content that is null', { ...without('text'), image: null }, 'image', 'image must be an object'],
    ['no attachment in the list', { ...without('text'), attachments: [] }, 'attachments', 'should not be empty'],
    [
      'eleven attachments',
      { ...without('text'), attachments: Array(11).fill({}) },
      'attachments',
      'no more than 10 elements',
    ],
    ['an unknown policy', { ...valid, ifUnsupported: 'cut' }, 'ifUnsupported', 'must be one of'],
    ['an unknown window policy', { ...valid, ifWindowClosed: 'wait' }, 'ifWindowClosed', 'must be one of'],
    [
      'a window policy without its template',
      { ...valid, ifWindowClosed: 'template' },
      'windowTemplate',
      'is needed when ifWindowClosed is template',
    ],
    [
      'a window template that nothing uses',
      { ...valid, windowTemplate: { name: 'a', language: 'en' } },
      'windowTemplate',
      'is for ifWindowClosed template or hold',
    ],
    ['a misspelt routing field', { ...valid, routing: { queue: 'q' } }, 'routing.queue', 'is not a known field'],
    ['a skill without a level', { ...valid, routing: { skills: [{ id: 's' }] } }, 'routing.skills.0.level', 'integer'],
    [
      'a routing attribute that is an object',
      { ...valid, routing: { attributes: { vip: {} } } },
      'routing.attributes.vip',
      'must be a text, a number or a truth value',
    ],
    ['a field named constructor', { ...valid, constructor: 'x' }, '(body)', 'has a field named constructor'],
    ['a __proto__', JSON.parse('{"__proto__": {"text": "x"}}'), '(body)', 'has a field named __proto__'],
    ['too many levels', { ...valid, text: nested(50) }, '(body)', 'is nested deeper than 8 levels'],
    ['twenty thousand levels', JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)), '(body)', 'must be a JSON object'],
    [
      'twenty thousand levels in a field',
      { ...valid, to: JSON.parse('['.repeat(20_000) + ']'.repeat(20_000)) },
      '(body)',
      'is nested deeper than 8 levels',
    ],
  ])('with %s is refused, naming the field and the reason', (_, body, field, reason) => {
    expect(refusalOf(body)).toContainEqual({ field, reason: expect.stringContaining(reason) });
  });

  it('names every wrong field at once', () => {
    const fields = refusalOf({ channel: 'fax', text: 1, other: true }).map((p) => p.field);
    expect(new Set(fields)).toEqual(new Set(['channel', 'sender', 'to', 'text', 'other']));
  });
});
