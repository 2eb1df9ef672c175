import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TOPICS } from '@heliograph/contracts';
import type { RunningService } from '@heliograph/runtime';
import { guideMessage, guideSignature, readAll, testKafkaBrokers, uniqueNamespace, waitFor } from '@heliograph/testing';
import { SECRETS, sendWebhook, startedIngress, type Sending } from '../../fixtures/started-ingress.ts';

const namespace = uniqueNamespace('ingress-bad-input');
const MIB = 1_048_576;

let service: RunningService;
/** Ids of the events that were answered with 200. */
const accepted = new Set<string>();

const text = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const address = (account = 'one') => `${service.address}/webhooks/genesys-guide/${account}`;
const send = (body: Buffer, sending?: Sending) => sendWebhook(service.address, body, sending);

beforeAll(async () => {
  service = await startedIngress({ kafkaBrokers: testKafkaBrokers(), namespace });
}, 60_000);

afterAll(() => service.stop());

describe('bad input', () => {
  const event = text(guideMessage());
  const nested = Buffer.from('{"id":"a","x":' + '['.repeat(20_000) + ']'.repeat(20_000) + '}');
  const oversized = text({ ...guideMessage(), filler: 'x'.repeat(950_000) });
  const big = Buffer.alloc(2 * MIB, 0x20);
  const withLatin1 = Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xe9, 0xff]), Buffer.from('"}')]);

  it.each<[string, Buffer, Sending, number, string]>([
    ['unsigned', event, { signature: null }, 401, 'not signed'],
    ['an empty signature', event, { signature: '' }, 401, 'not signed'],
    ['a signature of other bytes', event, { signature: guideSignature(SECRETS[0], 'x') }, 401, 'not signed'],
    ['a signature by another secret', event, { secret: SECRETS[1] }, 401, 'not signed'],
    ['a signature that is no hash', event, { signature: 'sha256=zz' }, 401, 'not signed'],
    ['an unknown account', event, { account: 'nobody' }, 401, 'not signed'],
    ['an unknown account with a path in its name', event, { account: '..%2Fone' }, 401, 'not signed'],
    ['an unknown profile', event, { profile: 'nothing' }, 404, 'no such path'],
    ['unsigned and truncated', event.subarray(0, 20), { signature: null }, 401, 'not signed'],
    ['truncated JSON', event.subarray(0, 20), {}, 400, 'is not JSON'],
    ['an empty body', Buffer.alloc(0), {}, 400, 'is empty'],
    ['text that is not JSON', Buffer.from('hello'), {}, 400, 'is not JSON'],
    ['bytes that are not UTF-8', withLatin1, {}, 400, 'not valid UTF-8'],
    ['twenty thousand levels', nested, {}, 400, 'nested deeper'],
    ['2 MB', big, {}, 413, 'larger than'],
    ['2 MB, unsigned', big, { signature: null }, 413, 'larger than'],
    ['an event too large for a record', oversized, {}, 413, 'more than can be stored'],
    ['another content type', event, { headers: { 'content-type': 'text/plain' } }, 415, 'must be JSON'],
    ['a form', event, { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'must be JSON'],
  ])('%s is refused with the right status, and the service goes on', async (_, body, sending, status, reason) => {
    const answer = await send(body, sending);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({ statusCode: status, message: expect.stringContaining(reason) });
    const next = guideMessage();
    // A machine under load may give 503 for a moment.
    await waitFor(async () => (await send(text(next))).status === 200, { description: 'the service goes on' });
    accepted.add(next.id);
  });

  it('leaves nothing on the topic, and loses nothing that was accepted in between', async () => {
    const records = await readAll(testKafkaBrokers(), namespace + TOPICS.webhookReceived.name);
    expect(accepted.size).toBeGreaterThan(15);
    expect(new Set(records.map(({ headers }) => headers.ce_eventid))).toEqual(accepted);
  });

  it('an unsigned caller cannot tell a known account from an unknown one', async () => {
    const unsigned = [
      await send(event, { signature: null }),
      await send(event, { signature: null, account: 'nobody' }),
      await send(event, { secret: 'wrong' }),
      await send(event, { secret: 'wrong', account: 'nobody' }),
    ];
    expect(new Set(unsigned.map(({ status, body }) => `${status} ${body}`)).size).toBe(1);
    const names = unsigned.map(({ headers }) => [...headers.keys()].sort().join());
    expect(new Set(names).size).toBe(1);
  });

  it('a signed body that cannot be read is explained by field and reason, without quoting it', async () => {
    const answer = await send(Buffer.from('{"id": "secret-text", nonsense}'));
    expect(JSON.parse(answer.body)).toMatchObject({ details: [{ field: 'body', reason: expect.any(String) }] });
    expect(answer.body).not.toContain('secret-text');
    expect(answer.body).not.toContain('nonsense');
  });

  it('other methods are answered with 405', async () => {
    const put = await fetch(address(), { method: 'PUT', body: '{}', headers: { 'content-type': 'application/json' } });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
  });

  it("a provider's check by GET or HEAD gets one and the same answer, whichever profiles and accounts there are", async () => {
    const addresses = [address('one'), address('nobody'), `${service.address}/webhooks/nothing/at-all`];
    const gets = await Promise.all(addresses.map((url) => fetch(url)));
    const answers = await Promise.all(
      gets.map(async (get) => [get.status, await get.text(), [...get.headers.keys()].sort().join()].join(' ')),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^200 \{"status":"ok"\} /);
    expect((await fetch(address(), { method: 'HEAD' })).status).toBe(200);
  });
});
