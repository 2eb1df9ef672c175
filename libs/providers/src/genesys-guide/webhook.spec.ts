import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { translator } from './translator.ts';
import { webhook } from './webhook.ts';

const payload = (name: string) => readFileSync(new URL(`./payloads/${name}.json`, import.meta.url));
const CONVERSATION = '6f1d2c3b-4a59-4e68-8b77-0c1d2e3f4a5b';
const PAIR = 'whatsapp:15550001234|whatsapp:15550009876';
const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');

function split(body: Buffer | string) {
  return webhook.split(Buffer.isBuffer(body) ? body : Buffer.from(body));
}

function eventsOf(body: Buffer | string) {
  const result = split(body);
  if (!result.ok) throw new Error(result.reason);
  return result.events;
}

const nested = (levels: number) => '[{"a":'.slice(1).repeat(levels) + '1' + '}'.repeat(levels);
const batchOf = (count: number) => `[${Array.from({ length: count }, (_, i) => `{"id":"ev-${i}"}`).join(',')}]`;

describe('taking a webhook body apart', () => {
  it('hands a single event on byte for byte', () => {
    const body = Buffer.from(` \n${payload('message-unusual-unicode').toString()}\t`);
    expect(eventsOf(body)).toEqual([
      { id: 'ev-0008', partitionKey: CONVERSATION, time: '2026-03-04T09:15:30.250Z', data: body },
    ]);
  });

  it('gives each event of a batch its own bytes, unchanged, also numbers JavaScript cannot hold', () => {
    const parts = ['{"id":"a","n":12345678901234567890}', '{ "id" : "b, ]}\\"", "l": [1,[2]] }', '{"id":"c"}'];
    const events = eventsOf(` [ ${parts.join(' ,\n')} ] `);
    expect(events.map((event) => event.data.toString())).toEqual(parts);
    expect(events.map((event) => event.id)).toEqual(['a', 'b, ]}"', 'c']);
  });

  it('keeps repeats and nonsense in their places, so that nothing of a batch is lost', () => {
    expect(eventsOf(payload('batch-with-repeat')).map((event) => event.id)).toEqual(['ev-0504', 'ev-0504', 'ev-0505']);
    const events = eventsOf(payload('batch-with-nonsense'));
    expect(events.map((event) => event.id)).toEqual(['ev-0506', undefined, undefined, undefined, undefined]);
    expect(events.map((event) => translator.translate(JSON.parse(event.data.toString())).ok)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it.each<[string, string, string]>([
    ['the conversation id', payload('message-whatsapp-text').toString(), CONVERSATION],
    ['the sorted addresses without it', payload('message-without-conversation').toString(), PAIR],
    [
      'the same addresses the other way round',
      `{"from":{"id":"whatsapp:+15550009876"},"to":{"id":"whatsapp:15550001234"}}`,
      PAIR,
    ],
    ['unreadable addresses as they are', '{"id":"x","from":{"id":"b"},"to":{"id":"a"}}', 'a|b'],
    ['the event id with one address only', '{"id":"ev-9","from":{"id":"whatsapp:+15550001234"}}', 'ev-9'],
    ['the event id when the conversation id is no text', '{"id":"ev-9","conversation":{"id":5}}', 'ev-9'],
    ['a hash of the bytes without any id', '{"type":"message"}', sha256('{"type":"message"}')],
    ['a hash of a very long conversation id', `{"conversation":{"id":"${'x'.repeat(300)}"}}`, sha256('x'.repeat(300))],
    ['a hash for an id that UTF-8 cannot hold', '{"id":"\\ud800"}', sha256('{"id":"\\ud800"}')],
  ])('the key is %s', (_title, event, key) => {
    expect(eventsOf(event)[0]?.partitionKey).toBe(key);
    expect(eventsOf(`[${event}, {"id":"other"}]`)[0]?.partitionKey).toBe(key);
  });

  it.each<[string, Buffer | string, string]>([
    ['nothing', '', 'is empty'],
    ['white space', ' \r\n\t ', 'is empty'],
    ['a cut body', '{"id":"ev-1","secret":"hunter2', 'is not JSON'],
    ['a body cut between fields', '{"id":"ev-1",', 'is not JSON'],
    ['text', 'hunter2', 'is not JSON'],
    ['a trailing comma in a batch', '[{"id":"a"},]', 'is not JSON'],
    ['two bodies', '{"id":"a"}{"id":"b"}', 'is not JSON'],
    ['a byte order mark', '\ufeff{"id":"a"}', 'is not JSON'],
    ['invalid UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'is not valid UTF-8'],
    ['33 levels', nested(33), 'is nested deeper than 32 levels'],
    ['33 levels inside a batch', `[${nested(33)}]`, 'is nested deeper than 32 levels'],
    ['a million brackets', '['.repeat(1_000_000), 'is nested deeper than 32 levels'],
    ['1,001 events', batchOf(1001), 'holds more than 1000 events'],
  ])('refuses %s with a reason that quotes nothing', (_title, body, reason) => {
    const result = split(body);
    expect(result).toMatchObject({ ok: false, field: 'body', reason: expect.stringContaining(reason) });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it.each<[string, string, number]>([
    ['an empty batch', '[]', 0],
    ['a batch of one', '[{"id":"a"}]', 1],
    ['1,000 events', batchOf(1000), 1000],
    ['32 levels', nested(32), 1],
    ['32 levels inside a batch', `[${nested(32)}]`, 1],
    ['brackets inside a text', JSON.stringify({ id: 'a', text: '[{'.repeat(100) + '\\"' }), 1],
    ['a text alone', '"hello"', 1],
    ['null', 'null', 1],
  ])('accepts %s', (_title, body, count) => {
    expect(eventsOf(body)).toHaveLength(count);
  });

  it('never throws, whatever the bytes', () => {
    const jsonish = fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a', '1', ' ', 'ü') });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void webhook.split(Buffer.from(bytes))));
    fc.assert(
      fc.property(jsonish, (text) => void split(text)),
      { numRuns: 2000 },
    );
  });

  it('never throws on a recorded body that was cut, changed, doubled or mixed with another one', () => {
    const folder = new URL('./payloads/', import.meta.url);
    const recorded = readdirSync(folder).filter((file) => file.endsWith('.json'));
    const bytesOf = (file: string) => readFileSync(new URL(file, folder));
    const spoilt = fc.record({
      file: fc.constantFrom(...recorded),
      other: fc.constantFrom(...recorded),
      at: fc.nat(),
      byte: fc.nat(255),
      how: fc.constantFrom('cut', 'change', 'double', 'insert'),
    });
    fc.assert(
      fc.property(spoilt, ({ file, other, at, byte, how }) => {
        const whole = bytesOf(file);
        const place = at % whole.length;
        const [head, tail] = [whole.subarray(0, place), whole.subarray(place)];
        const middle = { cut: [], double: [whole], insert: [bytesOf(other), tail] }[how as 'cut'];
        const body = Buffer.concat([head, ...(middle ?? [Buffer.from([byte]), tail.subarray(1)])]);
        const result = webhook.split(body);
        if (!result.ok) return result.reason !== '';
        for (const { data } of result.events) translator.translate(JSON.parse(data.toString()));
        return true;
      }),
      { numRuns: 3000 },
    );
  });

  it('keeps the last of two equal keys in everything that it reads, as the parser does', () => {
    const body = '{"id":"first","conversation":{"id":"a"},"id":"second","conversation":{"id":"b"}}';
    expect(eventsOf(body)).toEqual([{ id: 'second', partitionKey: 'b', data: Buffer.from(body) }]);
  });

  it('cuts every batch exactly where the parser does', () => {
    const json = fc.array(fc.jsonValue({ maxDepth: 6 }), { maxLength: 8 });
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, '\t'), (values, indent) => {
        const events = eventsOf(JSON.stringify(values, null, indent));
        expect(events.map((event): unknown => JSON.parse(event.data.toString()))).toEqual(
          JSON.parse(JSON.stringify(values)),
        );
      }),
    );
  });
});
