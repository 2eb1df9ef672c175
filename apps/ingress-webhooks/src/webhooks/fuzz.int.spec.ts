import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS } from '@heliograph/contracts';
import { profileOf } from '@heliograph/providers';
import type { RunningService } from '@heliograph/runtime';
import { guideMessage, guideSignature, readAll, testKafkaBrokers, uniqueNamespace, waitFor } from '@heliograph/testing';
import fc from 'fast-check';
import { SECRETS, sendWebhook, startedIngress } from '../../fixtures/started-ingress.ts';

const namespace = uniqueNamespace('ingress-fuzz');
const PATH = '/webhooks/genesys-guide/one';
const PAYLOADS = new URL('../../../../libs/providers/src/genesys-guide/payloads/', import.meta.url);
const recorded = readdirSync(PAYLOADS).filter((file) => file.endsWith('.json'));
/** A machine under load may say 503 for a moment; the provider comes again then, too. */
const BUSY = 503;

let service: RunningService;
/** Events in the bodies that were answered with 200. */
let accepted = 0;

beforeAll(async () => {
  service = await startedIngress({ kafkaBrokers: testKafkaBrokers(), namespace });
}, 60_000);
afterAll(() => service.stop());

const eventsIn = (body: Buffer): number => {
  const split = profileOf('genesys-guide')!.webhook.split(body);
  return split.ok ? split.events.length : Number.NaN;
};

/** Sends until the answer is one about the body. */
async function answered(sent: Buffer, given: Record<string, string>, presented?: string): Promise<number> {
  const sending = { headers: given, ...(presented !== undefined && { signature: presented }) };
  return waitFor(
    async () => {
      const { status } = await sendWebhook(service.address, sent, sending);
      return status !== BUSY && status;
    },
    { timeoutMs: 30_000, description: 'the service is not busy' },
  );
}

/** A request as it is, byte by byte. The status of the answer; 0 when the connection ended without one. */
function raw(...parts: (string | Buffer)[]): Promise<number> {
  const { hostname, port } = new URL(service.address);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      const status = /^HTTP\/1\.1 (\d{3})/.exec(Buffer.concat(chunks).toString('latin1'))?.[1];
      resolve(Number(status ?? 0));
    });
    socket.end(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  });
}

/** A signed request with these header lines instead of the usual ones. */
function signed(body: Buffer, ...lines: string[]): (string | Buffer)[] {
  const usual = [`POST ${PATH} HTTP/1.1`, 'host: ingress', 'connection: close', 'content-type: application/json'];
  const given = [`x-genesys-cloud-signature: ${guideSignature(SECRETS[0], body)}`, ...lines];
  const names = given.map((line) => line.slice(0, line.indexOf(':')));
  const kept = usual.filter((line) => !names.includes(line.slice(0, line.indexOf(':'))));
  return [`${[...kept, ...given].join('\r\n')}\r\n\r\n`, body];
}

const spoilt = fc
  .record({
    file: fc.constantFrom(...recorded),
    at: fc.nat(),
    bytes: fc.uint8Array({ maxLength: 8 }),
    cut: fc.boolean(),
  })
  .map(({ file, at, bytes, cut }) => {
    const whole = readFileSync(new URL(file, PAYLOADS));
    const place = at % whole.length;
    return Buffer.concat([whole.subarray(0, place), bytes, cut ? Buffer.alloc(0) : whole.subarray(place)]);
  });
const number = fc.constantFrom('1e999', '-0.0', '9'.repeat(400), '1'.repeat(20), '1e-400', '0x10', '01', 'NaN');
const odd = fc.oneof(
  fc.tuple(number, number).map(([a, b]) => `{"id":"odd","n":${a},"n":${b},"id":"odd-2"}`),
  fc.integer({ min: 1, max: 5_000 }).map((depth) => `{"id":"deep","a":${'['.repeat(depth)}${']'.repeat(depth)}}`),
  fc.jsonValue().map((value) => JSON.stringify([value, value])),
  fc.string({ unit: 'binary' }),
);
const body = fc.oneof(
  spoilt,
  odd.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);
const headers = fc.constantFrom<Record<string, string>>(
  {},
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'application/json;;;' },
  { 'content-type': 'text/json' },
  { 'content-encoding': 'gzip' },
  { 'content-encoding': 'identity, br' },
);
const signature = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  fc.string({ maxLength: 100 }).map((text) => encodeURIComponent(text)),
  fc.constantFrom('', 'sha256=', '0'.repeat(64), `${'A'.repeat(43)}=`, 'f'.repeat(10_000)),
);

describe('a webhook of any bytes', () => {
  it('is answered with 2xx or 4xx: 200 only when it is signed and can be taken apart', async () => {
    await fc.assert(
      fc.asyncProperty(body, headers, signature, async (bytes, given, presented) => {
        const status = await answered(bytes, given, presented);
        if (status === 200) accepted += eventsIn(bytes);
        expect(status === 200 || (status >= 400 && status <= 499)).toBe(true);
        if (presented !== undefined) expect(status).not.toBe(200);
        if (status === 200) expect(eventsIn(bytes)).not.toBeNaN();
      }),
      { numRuns: 250 },
    );
  }, 120_000);

  const event = Buffer.from(JSON.stringify(guideMessage()));
  const length = `content-length: ${event.length}`;
  it.each<[string, () => (string | Buffer)[]]>([
    ['whose chunks have no length', () => signed(event, 'transfer-encoding: chunked')],
    [
      'whose chunk is longer than it says',
      () => signed(Buffer.from('2\r\n{"id"\r\n0\r\n\r\n'), 'transfer-encoding: chunked'),
    ],
    ['with a length and chunks', () => signed(event, length, 'transfer-encoding: chunked')],
    ['with two lengths', () => signed(event, length, `content-length: ${event.length + 1}`)],
    ['with a negative length', () => signed(event, 'content-length: -5')],
    ['with a length that is no number', () => signed(event, 'content-length: many')],
    ['that ends before its length', () => signed(event, `content-length: ${event.length + 100}`)],
    ['without a length', () => signed(event)],
    ['with a byte that no header may have', () => signed(event, length, 'x-odd: a\u0000b')],
    ['with 40,000 bytes of headers', () => signed(event, length, `x-long: ${'x'.repeat(40_000)}`)],
    [
      'with a path that cannot be decoded',
      () => [`POST /webhooks/genesys-guide/%ff%zz HTTP/1.1\r\nhost: i\r\n${length}\r\n\r\n`, event],
    ],
    [
      'with a path of 10,000 letters',
      () => [`POST /webhooks/${'a'.repeat(10_000)} HTTP/1.1\r\nhost: i\r\n${length}\r\n\r\n`, event],
    ],
    ['that is no HTTP', () => [Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0xff])]],
    ['that is nothing', () => []],
  ])('%s ends with 4xx or a closed connection, never with 2xx or a crash', async (_name, request) => {
    const status = await raw(...request());
    expect(status === 0 || (status >= 400 && status <= 499)).toBe(true);
  });

  it('leaves the service working, and on the topic exactly the events that were answered with 200', async () => {
    const last = Buffer.from(JSON.stringify(guideMessage({ id: 'the-last-one' })));
    await waitFor(async () => (await answered(last, {})) === 200, { description: 'the service goes on' });
    const records = await readAll(testKafkaBrokers(), namespace + TOPICS.webhookReceived.name);
    expect(records).toHaveLength(accepted + 1);
  }, 60_000);
});
