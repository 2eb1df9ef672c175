import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '@heliograph/runtime';
import { CredentialsRefused, ScopeRefused, TokenSource, TokenUnavailable, type TokenAnswer } from './token-source.ts';

/** A token source over a clock that the test moves and an endpoint whose answers the test gives. */
function setUp(answers: (TokenAnswer | Promise<TokenAnswer>)[]) {
  const seen = { grants: 0, requests: 0 };
  const clock = { now: 1_000_000 };
  let refuseGrant: Error | undefined;
  const source = new TokenSource({
    account: 'acme-genesys',
    now: () => clock.now,
    takeGrant: () => {
      if (refuseGrant) return Promise.reject(refuseGrant);
      seen.grants++;
      return Promise.resolve({ deadline: clock.now + 100, use: () => undefined });
    },
    request: async () => {
      const answer = answers[seen.requests++];
      if (!answer) throw new Error('no more answers');
      return answer;
    },
  });
  return { source, seen, clock, refuseGrants: (error: Error | undefined) => (refuseGrant = error) };
}

const token = (name: string, seconds: number): TokenAnswer => ({
  kind: 'token',
  token: name,
  expiresInMs: seconds * 1000,
});
const down: TokenAnswer = { kind: 'unavailable', reason: 'status 502' };

/** Lets a refresh in the background come to its end. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the token of an account', () => {
  it('is asked for once, however many calls need it at the same time', async () => {
    const { source, seen } = setUp([token('a', 3600)]);
    await Promise.all(Array.from({ length: 100 }, () => source.ensure()));
    expect(source.current()).toBe('a');
    expect(seen).toEqual({ grants: 1, requests: 1 });
  });

  it.each<[lifeSeconds: number, marginSeconds: number]>([
    [3600, 300],
    [1799, 300],
    [600, 300],
    [400, 200],
    [2, 1],
    [0.01, 0.005],
  ])('of %d s is renewed %d s before its end', async (life, margin) => {
    const { source, seen, clock } = setUp([token('a', life), token('b', life)]);
    await source.ensure();
    clock.now += (life - margin) * 1000 - 1e-3;
    await source.ensure();
    await settle();
    expect(seen.requests).toBe(1);
    clock.now += 1e-2;
    await source.ensure();
    await settle();
    expect(seen.requests).toBe(2);
    expect(source.current()).toBe('b');
  });

  it('serves while its successor is on the way, and is no longer given out after its end', async () => {
    let answer: (answer: TokenAnswer) => void = () => undefined;
    const slow = new Promise<TokenAnswer>((resolve) => (answer = resolve));
    const { source, seen, clock } = setUp([token('a', 600), slow]);
    await source.ensure();
    clock.now += 400_000;
    await Promise.all(Array.from({ length: 100 }, () => source.ensure()));
    expect(source.current()).toBe('a');
    clock.now += 200_000;
    expect(source.current()).toBeUndefined();
    const waiting = source.ensure();
    answer(token('b', 600));
    await waiting;
    expect(source.current()).toBe('b');
    expect(seen.requests).toBe(2);
  });

  it('is ready only while it lasts, and being asked that near its end is enough to renew it', async () => {
    const { source, seen, clock } = setUp([token('a', 600), down, token('b', 600)]);
    expect(source.ready()).toBe(false);
    expect(seen.requests).toBe(0);
    await source.ensure();
    clock.now += 300_000;
    expect(source.ready()).toBe(true);
    await settle();
    expect(seen.requests).toBe(2);
    clock.now += 299_999;
    expect(source.ready()).toBe(true);
    await settle();
    expect(source.current()).toBe('b');
    clock.now += 600_000;
    expect(source.ready()).toBe(false);
  });

  it('that was not accepted is replaced once, also when many calls report it, early and late', async () => {
    const { source, seen } = setUp([token('a', 3600), token('b', 3600)]);
    await source.ensure();
    for (let i = 0; i < 50; i++) source.invalidate('a');
    expect(source.current()).toBeUndefined();
    await Promise.all(Array.from({ length: 50 }, () => source.ensure()));
    source.invalidate('a');
    await source.ensure();
    expect(source.current()).toBe('b');
    expect(seen).toEqual({ grants: 2, requests: 2 });
  });

  it('that is turned away as soon as it came is replaced at once only the first time, then after a growing back-off (guide 000, section 2)', async () => {
    const { source, seen, clock } = setUp(['a', 'b', 'c', 'd', 'e'].map((name) => token(name, 3600)));
    await source.ensure();
    source.invalidate('a');
    await source.ensure();
    source.invalidate('b');
    await expect(source.ensure()).rejects.toThrow('the provider turns its new tokens away');
    clock.now += 499;
    await expect(source.ensure()).rejects.toThrow(TokenUnavailable);
    clock.now += 1;
    await source.ensure();
    source.invalidate('c');
    clock.now += 999;
    await expect(source.ensure()).rejects.toThrow(TokenUnavailable);
    clock.now += 1;
    await source.ensure();
    expect([source.current(), seen.requests]).toEqual(['d', 4]);
    source.accepted('d');
    source.invalidate('d');
    await source.ensure();
    expect([source.current(), seen.requests]).toEqual(['e', 5]);
  });

  it('that still lasts outlives a failing endpoint, which is left alone for the back-off', async () => {
    const { source, seen, clock } = setUp([token('a', 600), down, down, token('b', 600)]);
    await source.ensure();
    clock.now += 300_000;
    for (let i = 0; i < 5; i++) {
      await source.ensure();
      await settle();
    }
    expect(seen.requests).toBe(2);
    clock.now += 500;
    await source.ensure();
    await settle();
    clock.now += 999;
    await source.ensure();
    await settle();
    expect(seen.requests).toBe(3);
    expect(source.current()).toBe('a');
    clock.now += 1;
    await source.ensure();
    await settle();
    expect(source.current()).toBe('b');
  });
});

describe('a token that cannot be had', () => {
  it('is an unavailable dependency that names the account, for everybody who waits', async () => {
    const { source, seen, clock } = setUp([down, token('a', 600)]);
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => source.ensure()));
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(TokenUnavailable) });
      expect(result).toMatchObject({
        reason: { message: 'the token endpoint of account acme-genesys is unavailable: status 502' },
      });
    }
    await expect(source.ensure()).rejects.toThrow(Unavailable);
    expect(seen.requests).toBe(1);
    clock.now += 500;
    await source.ensure();
    expect(source.current()).toBe('a');
  });

  it('because the credentials are refused says so', async () => {
    const { source } = setUp([{ kind: 'refused', reason: 'status 401, bad.credentials' }]);
    await expect(source.ensure()).rejects.toThrow(CredentialsRefused);
    await expect(source.ensure()).rejects.toThrow(
      'acme-genesys is unavailable: it refuses the credentials: status 401',
    );
  });

  it('because it would allow too much says so, and is asked for again after the back-off only (guide 000, section 2)', async () => {
    const { source, seen, clock } = setUp([
      { kind: 'over-broad', reason: 'its scope holds "view:all"' },
      token('a', 60),
    ]);
    await expect(source.ensure()).rejects.toThrow(ScopeRefused);
    await expect(source.ensure()).rejects.toThrow(
      'acme-genesys is unavailable: its token is not used: its scope holds',
    );
    expect(seen.requests).toBe(1);
    clock.now += 500;
    await source.ensure();
    expect(source.current()).toBe('a');
  });

  it('because the endpoint throttles names the moment, and nobody asks before it', async () => {
    const retryAt = Date.now() + 60_000;
    const { source, seen, clock } = setUp([
      { kind: 'unavailable', reason: 'status 429', throttled: { retryAt, named: true } },
      token('a', 600),
    ]);
    await expect(source.ensure()).rejects.toMatchObject({ retryAt });
    clock.now += 59_000;
    await expect(source.ensure()).rejects.toMatchObject({ retryAt });
    expect(seen.requests).toBe(1);
    clock.now += 1_001;
    await source.ensure();
    expect(source.current()).toBe('a');
  });

  it('because its grant ran out before the first byte is asked for under another grant, a few times', async () => {
    const { source, seen } = setUp([{ kind: 'too-late' }, { kind: 'too-late' }, token('a', 600)]);
    await source.ensure();
    expect(seen).toEqual({ grants: 3, requests: 3 });
    const late = setUp(Array.from({ length: 9 }, () => ({ kind: 'too-late' as const })));
    await expect(late.source.ensure()).rejects.toThrow('5 grants ran out before the request could begin');
    expect(late.seen.requests).toBe(5);
  });

  it('because no grant is given makes no request, and is tried again at once', async () => {
    const { source, seen, refuseGrants } = setUp([token('a', 600)]);
    refuseGrants(new Unavailable('redis', 'connection lost'));
    await expect(source.ensure()).rejects.toThrow('redis is unavailable');
    expect(seen).toEqual({ grants: 0, requests: 0 });
    refuseGrants(undefined);
    await source.ensure();
    expect(source.current()).toBe('a');
  });
});
