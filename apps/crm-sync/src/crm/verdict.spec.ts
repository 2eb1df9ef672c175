import { describe, expect, it } from '@jest/globals';
import { connectionVerdict } from './connection-errors.ts';
import { verdictOf, type WriteKind } from './verdict.ts';

const NOW = 1_000_000;
const of = (status: number, retryAt?: number, kind: WriteKind = 'activity') =>
  verdictOf(kind, { status, retryAt, text: 'its words' }, NOW);

describe('the verdict on an answer', () => {
  it.each([200, 201, 204])('%i: the CRM has it', (status) => expect(of(status)).toEqual({ kind: 'taken' }));

  it('429: everything waits until the named moment, or two seconds', () => {
    expect(of(429, NOW + 30_000)).toMatchObject({ kind: 'wait', until: NOW + 30_000, scope: 'all' });
    expect(of(429)).toMatchObject({ kind: 'wait', until: NOW + 2_000, scope: 'all' });
  });

  it('503 that names a moment: this entry alone waits until then', () => {
    expect(of(503, NOW + 30_000)).toMatchObject({ kind: 'wait', until: NOW + 30_000, scope: 'write' });
  });

  it.each([502, 503, 504])('%i: nobody was there, which costs the entry no attempt', (status) => {
    expect(of(status)).toMatchObject({ kind: 'unavailable', scope: 'write' });
  });

  it.each([408, 500, 501, 507])('%i: it failed and is written again', (status) => {
    expect(of(status)).toMatchObject({ kind: 'failed', reason: `status ${status}, its words` });
  });

  it('410: it was erased there, and is not written again', () => expect(of(410)).toEqual({ kind: 'erased' }));

  it('401: an operator has to act, and everything waits', () => {
    expect(of(401)).toMatchObject({ kind: 'unavailable', scope: 'all' });
  });

  it.each([400, 403, 404, 405, 409, 413, 415, 422])('%i: the CRM does not want it', (status) => {
    expect(of(status)).toEqual({ kind: 'refused', status, reason: `status ${status}, its words` });
  });

  it('404 for an erasure: this CRM has no such thing, which somebody has to see, and nothing else waits', () => {
    expect(of(404, undefined, 'erasure')).toMatchObject({ kind: 'refused' });
  });

  it.each<[number, WriteKind]>([
    [301, 'activity'],
    [308, 'contact'],
    [404, 'contact'],
    [405, 'contact'],
  ])('%i for a new %s: the address is wrong, so everything waits and nothing is given up', (status, kind) => {
    expect(of(status, undefined, kind)).toMatchObject({ kind: 'unavailable', scope: 'all' });
  });
});

describe('the verdict on a request without an answer', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_CONNECT_TIMEOUT', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
    '%s: nobody was there',
    (code) => {
      expect(connectionVerdict(Object.assign(new Error('x'), { code }), 100)).toMatchObject({ kind: 'unavailable' });
    },
  );

  it.each(['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'])('%s: it is written again', (code) => {
    expect(connectionVerdict(Object.assign(new Error('x'), { code }), 100)).toMatchObject({ kind: 'failed' });
  });

  it('a time-out: it is written again', () => {
    const error = new DOMException('x', 'TimeoutError');
    expect(connectionVerdict(error, 100)).toEqual({ kind: 'failed', reason: 'no answer within 100 ms' });
  });
});
