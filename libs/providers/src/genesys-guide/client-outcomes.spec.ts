import { describe, expect, it } from '@jest/globals';
import { MAX_ANSWER_BYTES } from '../http/attempt.ts';
import {
  goodSend,
  json,
  raw,
  ready,
  soon,
  TEXT,
  toSend,
  type Answer,
  type Seen,
} from '../../test/provider-stand-in.ts';
import type { Quota } from '../limits.ts';
import { ERROR_TABLE } from './errors.ts';

const error = (code: string) => ({ message: 'to.id is wrong', code, status: 400 });

describe('what an answer means', () => {
  it.each<[string, Answer, object]>([
    ['200 with an id', goodSend, { outcome: 'ok' }],
    ['202 with an id', json(202, { id: 'msg-1' }), { outcome: 'ok' }],
    [
      '200 without an id',
      json(200, { status: 'queued' }),
      { outcome: 'unknown', reason: 'status 200, but the answer has no id' },
    ],
    ['200 with an empty id', json(200, { id: '' }), { outcome: 'unknown' }],
    ['200 with a list', json(200, []), { outcome: 'unknown' }],
    ['200 with garbage', raw(200, '<html>'), { outcome: 'unknown', reason: 'status 200, but the answer is not JSON' }],
    ['204', raw(204, ''), { outcome: 'unknown' }],
    ['302', raw(302, ''), { outcome: 'refused', code: 'provider-refused' }],
    [
      '400',
      json(400, error('bad.request')),
      { outcome: 'refused', code: 'invalid-request', reason: 'status 400, bad.request: to.id is wrong' },
    ],
    [
      '400 with garbage',
      raw(400, '<html>no</html>'),
      { outcome: 'refused', code: 'invalid-request', reason: 'status 400, <html>no</html>' },
    ],
    ['400 with bytes that are no text', raw(400, Buffer.from([0xff, 0xfe, 0])), { outcome: 'refused' }],
    ['400 without a body', raw(400, ''), { outcome: 'refused', reason: 'status 400' }],
    ['400 131050', json(400, error('131050')), { outcome: 'refused', code: 'sender-or-template-mismatch' }],
    [
      '400 131050 as error_code',
      json(400, { error_code: 131050 }),
      { outcome: 'refused', code: 'sender-or-template-mismatch' },
    ],
    ['400 131051', json(400, error('131051')), { outcome: 'refused', code: 'window-closed' }],
    ['400 SessionClosed', json(400, error('SessionClosed')), { outcome: 'refused', code: 'window-closed' }],
    [
      '400 conversation.closed',
      json(400, error('conversation.closed')),
      { outcome: 'refused', code: 'conversation-closed' },
    ],
    ['401', json(401, error('authentication.required')), { outcome: 'not-sent', code: 'unauthorized' }],
    ['403', json(403, error('missing.scope')), { outcome: 'refused', code: 'forbidden' }],
    ['404', json(404, error('not.found')), { outcome: 'refused', code: 'not-found' }],
    ['408', json(408, {}), { outcome: 'unknown' }],
    ['418', json(418, {}), { outcome: 'refused', code: 'provider-refused' }],
    ['500', json(500, { message: 'oops' }), { outcome: 'unknown', reason: 'status 500, oops' }],
    ['502', raw(502, 'Bad Gateway'), { outcome: 'unknown', reason: 'status 502, Bad Gateway' }],
    ['503', json(503, {}), { outcome: 'unknown' }],
    ['503 with Retry-After', json(503, {}, { 'Retry-After': '3' }), { outcome: 'throttled', named: true }],
    ['504', json(504, {}), { outcome: 'unknown' }],
    ['599', json(599, {}), { outcome: 'unknown' }],
    [
      '429',
      json(429, error('too.many'), { 'Retry-After': '7', 'X-RateLimit-Remaining': '0' }),
      { outcome: 'throttled', named: true },
    ],
    ['429 without a moment', json(429, {}), { outcome: 'throttled', named: false }],
    [
      '429 with nonsense',
      json(429, {}, { 'Retry-After': 'soon', 'X-RateLimit-Remaining': 'x' }),
      { outcome: 'throttled', named: false },
    ],
  ])('%s', async (_title, answer, expected) => {
    const { client, calls } = await ready(answer);
    expect(await client.sendMessage(toSend, soon())).toMatchObject(expected);
    expect(calls).toHaveLength(1);
  });

  it.each<[string, Record<string, string>, waitMs: number]>([
    ['seconds', { 'Retry-After': '7' }, 7_000],
    [
      'a date by the clock of the provider',
      { 'Retry-After': 'Wed, 04 Mar 2026 09:00:30 GMT', Date: 'Wed, 04 Mar 2026 09:00:20 GMT' },
      10_000,
    ],
    ['the reset of the client’s limit', { 'inin-ratelimit-reset': '9' }, 9_000],
    ['nothing', {}, 2_000],
  ])('429 with %s waits until the right moment', async (_title, headers, waitMs) => {
    const { client } = await ready(json(429, {}, headers));
    const before = Date.now();
    const result = await client.sendMessage(toSend, soon());
    if (result.outcome !== 'throttled') throw new Error(result.outcome);
    expect(result.retryAt).toBeGreaterThanOrEqual(before + waitMs);
    expect(result.retryAt).toBeLessThanOrEqual(Date.now() + waitMs);
  });

  it.each<[string, Record<string, string>, Quota[]]>([
    ['what is left of the tenant', { 'X-RateLimit-Remaining': '41' }, [{ of: 'tenant', remaining: 41 }]],
    [
      'what is left of the client, and until when',
      { 'inin-ratelimit-count': '290', 'inin-ratelimit-allowed': '300', 'inin-ratelimit-reset': '17' },
      [{ of: 'client', remaining: 10, resetMs: 17_000 }],
    ],
    [
      'more counted than allowed',
      { 'inin-ratelimit-count': '301', 'inin-ratelimit-allowed': '300' },
      [{ of: 'client', remaining: 0 }],
    ],
    ['nonsense', { 'X-RateLimit-Remaining': 'x', 'inin-ratelimit-count': '-1', 'inin-ratelimit-allowed': '5' }, []],
    ['nothing', {}, []],
  ])('every answer tells the listener %s', async (_title, headers, expected) => {
    for (const status of [200, 400, 429, 500]) {
      const heard: Quota[] = [];
      const { client } = await ready(json(status, { id: 'msg-1' }, headers), {
        limits: { quota: (quota) => heard.push(quota) },
      });
      await client.sendMessage(toSend, soon());
      expect(heard).toEqual(expected);
    }
  });

  it('every row of the error table decides the outcome of its answer', async () => {
    for (const { status, code, retryAfter, verdict } of ERROR_TABLE) {
      const headers: Record<string, string> = retryAfter ? { 'Retry-After': '1' } : {};
      const { client } = await ready(json(status, { message: 'no', code }, headers));
      const result = await client.sendMessage(toSend, soon());
      const expected = verdict.outcome === 'unauthorized' ? { outcome: 'not-sent', code: 'unauthorized' } : verdict;
      expect({ status, code, ...result }).toMatchObject({ status, code, ...expected });
    }
  });

  it('every row of the error table names its source, and none stands behind a row that covers it', () => {
    for (const [index, row] of ERROR_TABLE.entries()) {
      expect(row.source).not.toBe('');
      const above = ERROR_TABLE.slice(0, index).filter((other) => other.status === row.status);
      expect(above.every((other) => other.code !== undefined || other.retryAfter)).toBe(true);
    }
  });

  it.each([
    ['the text', { ...toSend }, (seen: Seen) => seen.body],
    ['the text in a sentence', { ...toSend }, () => `cannot deliver "${TEXT}" to +15550001234`],
    ['the token', { ...toSend }, (seen: Seen) => `bad header ${seen.headers.authorization}`],
  ])('a provider that quotes %s does not bring it into the reason', async (_title, request, message) => {
    const { client } = await ready((response, seen) => json(400, { message: message(seen) })(response, seen));
    const result = await client.sendMessage(request, soon());
    expect(result.outcome).toBe('refused');
    expect(JSON.stringify(result)).not.toMatch(/assist|15550001234|token-1/);
  });

  it('a long text of the provider is cut to 500 characters', async () => {
    const { client } = await ready(json(400, { message: 'too long '.repeat(10_000) }));
    const result = await client.sendMessage(toSend, soon());
    expect(result).toMatchObject({ outcome: 'refused', reason: expect.stringMatching(/^status 400, .{500}$/u) });
  });

  it.each([
    [200, { outcome: 'unknown', reason: `the answer is larger than ${MAX_ANSWER_BYTES} bytes` }],
    [400, { outcome: 'refused', code: 'invalid-request' }],
  ])('an oversized answer with status %d is not read to its end', async (status, expected) => {
    let endless: NodeJS.Timeout | undefined;
    const { client } = await ready((response) => {
      response.writeHead(status);
      endless = setInterval(() => response.write(Buffer.alloc(1024 * 1024, 'x')), 1);
    });
    expect(await client.sendMessage(toSend, soon())).toMatchObject(expected);
    clearInterval(endless);
  });
});
