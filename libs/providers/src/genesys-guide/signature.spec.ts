import { createHmac } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { webhook } from './webhook.ts';

const body = Buffer.from('{"id":"ev-1","body":{"text":"Grüße, 你好 👋"}}');
const notUtf8 = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
const sign = (secret: string, data = body) => createHmac('sha256', secret).update(data);
const hex = sign('s3cret').digest('hex');
const base64 = sign('s3cret').digest('base64');
const flipped = `${hex.startsWith('0') ? '1' : '0'}${hex.slice(1)}`;

const rows: [
  title: string,
  header: string | string[] | undefined,
  secrets: string[],
  expected: boolean,
  data?: Buffer,
][] = [
  ['lower-case hex', hex, ['s3cret'], true],
  ['upper-case hex', hex.toUpperCase(), ['s3cret'], true],
  ['base64', base64, ['s3cret'], true],
  ['sha256= and hex', `sha256=${hex}`, ['s3cret'], true],
  ['sha256= and base64', `sha256=${base64}`, ['s3cret'], true],
  ['a header given as a list of one', [hex], ['s3cret'], true],
  ['the first of two secrets', hex, ['s3cret', 'next'], true],
  ['the second of two secrets', hex, ['next', 's3cret'], true],
  ['a body that is not UTF-8', sign('s3cret', notUtf8).digest('hex'), ['s3cret'], true, notUtf8],
  ['an empty body', sign('s3cret', Buffer.alloc(0)).digest('hex'), ['s3cret'], true, Buffer.alloc(0)],
  ['a secret beyond ASCII', sign('pässwörd').digest('hex'), ['pässwörd'], true],
  ['another secret', hex, ['other'], false],
  ['neither of two secrets', hex, ['other', 'another'], false],
  ['one wrong digit', flipped, ['s3cret'], false],
  ['no header', undefined, ['s3cret'], false],
  ['an empty header', '', ['s3cret'], false],
  ['only the prefix', 'sha256=', ['s3cret'], false],
  ['a digest that is too short', hex.slice(0, 62), ['s3cret'], false],
  ['a digest that is too long', `${hex}00`, ['s3cret'], false],
  ['base64 without its padding', base64.slice(0, -1), ['s3cret'], false],
  ['another algorithm', `sha1=${hex}`, ['s3cret'], false],
  ['a header beyond ASCII', 'ü'.repeat(64), ['s3cret'], false],
  ['the header twice', [hex, hex], ['s3cret'], false],
  ['no secrets', hex, [], false],
  ['an empty secret', sign('').digest('hex'), [''], false],
  ['an empty secret beside the right one', hex, ['', 's3cret'], true],
  ['a changed body', hex, ['s3cret'], false, Buffer.concat([body, Buffer.from(' ')])],
];

describe('signature of a webhook (guide 000, section 3)', () => {
  it.each(rows)('%s', (_title, header, secrets, expected, data = body) => {
    expect(webhook.verify(data, { 'x-genesys-cloud-signature': header }, secrets)).toBe(expected);
  });

  it('never throws and never accepts a header that is not the digest', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.string({ unit: 'binary' }), fc.string(), (data, header, secret) => {
        return !webhook.verify(Buffer.from(data), { 'x-genesys-cloud-signature': header }, [secret]);
      }),
    );
  });

  it('accepts what any one of the active secrets signed, and only over the same bytes', () => {
    const secrets = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.uint8Array(), secrets, fc.nat(2), (data, active, which) => {
        const raw = Buffer.from(data);
        const header = sign(active[which % active.length] ?? '', raw).digest('hex');
        const headers = { 'x-genesys-cloud-signature': header };
        const changed = Buffer.concat([raw, Buffer.from([0])]);
        return webhook.verify(raw, headers, active) && !webhook.verify(changed, headers, active);
      }),
    );
  });
});
