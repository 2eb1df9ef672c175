import { describe, expect, it } from '@jest/globals';
import {
  clientOf,
  goodSend,
  json,
  provider,
  raw,
  SECRET,
  soon,
  toSend,
  type Answer,
  type Seen,
} from '../../test/provider-stand-in.ts';
import type { RetryMoment, TokenResult } from '../limits.ts';
import { CredentialsRefused, ScopeRefused, TokenUnavailable } from '../token-source.ts';

const silence: Answer = () => undefined;

describe('the token (guide 000, section 2)', () => {
  it('is asked for with the credentials as a form, once for a hundred sends, each under a grant', async () => {
    let grants = 0;
    const at = await provider(goodSend);
    const client = clientOf(at.base, {
      takeGrant: () => Promise.resolve({ deadline: Infinity * ++grants, use: () => undefined }),
    });
    const sends = Array.from({ length: 100 }, async () => {
      await client.prepare();
      return client.sendMessage(toSend, soon());
    });
    expect((await Promise.all(sends)).every((result) => result.outcome === 'ok')).toBe(true);
    expect(at.calls).toHaveLength(100);
    expect(at.tokens.map(({ method, body, headers }) => [method, body, headers['content-type']])).toEqual([
      [
        'POST',
        `grant_type=client_credentials&client_id=acme-client&client_secret=${SECRET}`,
        'application/x-www-form-urlencoded',
      ],
    ]);
    expect(grants).toBe(1);
  });

  it('that is missing sends nothing', async () => {
    const { base, calls } = await provider(goodSend);
    const client = clientOf(base);
    expect(client.prepared()).toBe(false);
    expect(await client.sendMessage(toSend, soon())).toMatchObject({ outcome: 'not-sent', code: 'no-token' });
    await client.prepare();
    expect(client.prepared()).toBe(true);
    expect(calls).toHaveLength(0);
  });

  it('that is not accepted is replaced once, however many calls were turned away', async () => {
    let issued = 0;
    const at = await provider(
      (response, seen) =>
        (seen.headers.authorization === 'Bearer token-1' ? json(401, { code: 'bad.credentials' }) : goodSend)(
          response,
          seen,
        ),
      (response, seen) => json(200, { access_token: `token-${++issued}`, expires_in: '3600' })(response, seen),
    );
    const client = clientOf(at.base);
    await client.prepare();
    const sendAll = () => Promise.all(Array.from({ length: 20 }, () => client.sendMessage(toSend, soon())));
    const turnedAway = await sendAll();
    expect(new Set(turnedAway.map((result) => result.outcome === 'not-sent' && result.code))).toEqual(
      new Set(['unauthorized']),
    );
    await Promise.all(Array.from({ length: 20 }, () => client.prepare()));
    expect((await sendAll()).every((result) => result.outcome === 'ok')).toBe(true);
    expect(at.tokens).toHaveLength(2);
    expect(at.calls).toHaveLength(40);
  });

  it.each<[string, Answer, typeof TokenUnavailable | typeof CredentialsRefused, RegExp]>([
    [
      '401',
      json(401, { message: 'unknown client', code: 'invalid_client' }),
      CredentialsRefused,
      /invalid_client: unknown client/,
    ],
    [
      '400 that quotes the secret',
      (response, { body }) => raw(400, `bad form ${body}`)(response, {} as Seen),
      CredentialsRefused,
      /bad form/,
    ],
    ['500', json(500, {}), TokenUnavailable, /status 500/],
    ['garbage', raw(200, 'nope'), TokenUnavailable, /not JSON/],
    ['no token', json(200, { expires_in: 60 }), TokenUnavailable, /no usable access_token/],
    [
      'a token no header can hold',
      json(200, { access_token: 'a\r\nb: c', expires_in: 60 }),
      TokenUnavailable,
      /no usable access_token/,
    ],
    ['no lifetime', json(200, { access_token: 'a' }), TokenUnavailable, /no usable expires_in/],
    ['a lifetime of zero', json(200, { access_token: 'a', expires_in: 0 }), TokenUnavailable, /no usable expires_in/],
    [
      'a lifetime of words',
      json(200, { access_token: 'a', expires_in: 'long' }),
      TokenUnavailable,
      /no usable expires_in/,
    ],
    ['a reset', (response) => response.socket?.resetAndDestroy(), TokenUnavailable, /connection broke/],
    ['silence', silence, TokenUnavailable, /no complete answer within 100 ms/],
  ])(
    'that cannot be had because of %s is an error that names the account, not the secret',
    async (_title, answer, kind, reason) => {
      const at = await provider(goodSend, answer);
      const client = clientOf(at.base, { tokenTimeoutMs: answer === silence ? 100 : 10_000 });
      const failure = await client.prepare().then(
        () => undefined,
        (caught: unknown) => caught,
      );
      expect(failure).toBeInstanceOf(kind);
      expect(String(failure)).toMatch(reason);
      expect(String(failure)).toMatch(/acme-genesys/);
      expect(String(failure)).not.toMatch(new RegExp(`${SECRET}|acme-client`));
      expect(at.tokens).toHaveLength(1);
    },
  );

  it('is not asked for when the grant has run out: another grant is taken', async () => {
    const at = await provider(goodSend);
    const deadlines = [performance.now() - 1, performance.now() + 60_000];
    const client = clientOf(at.base, {
      takeGrant: () => Promise.resolve({ deadline: deadlines.shift()!, use: () => undefined }),
    });
    await client.prepare();
    expect([at.tokens.length, deadlines.length]).toEqual([1, 0]);
  });

  it('that is throttled is told to the listener, with or without a moment', async () => {
    for (const [headers, named] of [
      [{ 'Retry-After': '30' }, true],
      [{}, false],
    ] as const) {
      const heard: RetryMoment[] = [];
      const at = await provider(goodSend, json(429, {}, headers));
      const client = clientOf(at.base, { limits: { tokenThrottled: (moment) => heard.push(moment) } });
      await client.prepare().catch(() => undefined);
      expect(heard).toEqual([{ retryAt: expect.any(Number), named }]);
    }
  });

  it('that is throttled names the moment', async () => {
    const at = await provider(goodSend, json(429, {}, { 'Retry-After': '30' }));
    const client = clientOf(at.base);
    const before = Date.now();
    const failure = await client.prepare().catch((caught: unknown) => caught);
    expect(failure).toBeInstanceOf(TokenUnavailable);
    expect((failure as TokenUnavailable).retryAt).toBeGreaterThanOrEqual(before + 30_000);
    await expect(client.prepare()).rejects.toBe(failure);
    expect(at.tokens).toHaveLength(1);
  });
});

describe('the token endpoints of the guides (000, section 2; 002, section 1; 004, authentication)', () => {
  const scopes = ['messaging:conversations:write', 'messaging:templates:read'];
  const form = (scope: string) => `grant_type=client_credentials${scope}&client_id=acme-client&client_secret=${SECRET}`;

  it.each<[string, string, boolean, string, number]>([
    ['000, section 2', '/api/v2/oauth2/token', false, form(''), 3600],
    [
      '002, section 1',
      '/oauth2/token',
      true,
      form('&scope=messaging%3Aconversations%3Awrite+messaging%3Atemplates%3Aread'),
      1799,
    ],
    ['004, authentication', '/oauth/token', false, form(''), 3600],
  ])(
    'guide %s: the token is asked for at %s, with the scopes where the account says so',
    async (_, path, sendScopes, body, life) => {
      const answer = { access_token: 'token-1', token_type: 'Bearer', expires_in: life, scope: scopes.join(' ') };
      const at = await provider(goodSend, json(200, answer));
      const client = clientOf(at.base, {}, at.base, {
        api: { baseUrl: at.base, tokenUrl: at.base + path, sendScopes },
        client: { id: 'acme-client', secret: SECRET, scopes },
      });
      await client.prepare();
      expect(await client.sendMessage(toSend, soon())).toMatchObject({ outcome: 'ok' });
      expect(at.tokens.map((seen) => [seen.path, seen.body])).toEqual([[path, body]]);
    },
  );

  it('is asked for without a scope where none is configured, whatever the account says', async () => {
    const at = await provider(goodSend);
    const api = { baseUrl: at.base, tokenUrl: `${at.base}/oauth2/token`, sendScopes: true };
    await clientOf(at.base, {}, at.base, { api }).prepare();
    expect(at.tokens[0]?.body).not.toContain('scope');
  });
});

describe('a token that would allow too much (guide 000, section 2: the trap)', () => {
  it.each<[string, unknown]>([
    ['admin:all', 'admin:all'],
    ['view:all', 'messaging:conversations:write view:all'],
    ['view:all', ['edit:conversation', 'view:all']],
    ['Admin:All', 'Admin:All'],
  ])('is not used, and told: %s in %j', async (broad, scope) => {
    const results: TokenResult[] = [];
    const at = await provider(goodSend, json(200, { access_token: 'too-mighty', expires_in: 3600, scope }));
    const client = clientOf(at.base, { limits: { tokenAnswered: (result) => void results.push(result) } });
    const failure = await client.prepare().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ScopeRefused);
    expect(String(failure)).toContain(`"${broad}", which is over-broad (guide 000, section 2)`);
    expect(String(failure)).not.toContain('too-mighty');
    expect(client.prepared()).toBe(false);
    expect(await client.sendMessage(toSend, soon())).toMatchObject({ outcome: 'not-sent', code: 'no-token' });
    expect([results, at.calls.length]).toEqual([['over-broad'], 0]);
  });

  it('is no other one: scopes of the guides are fine, and so is an answer without any', async () => {
    for (const scope of ['view:engagement edit:conversation view:events', 'messages:send', undefined, null, 7]) {
      const at = await provider(goodSend, json(200, { access_token: 'token', expires_in: 3600, scope }));
      await expect(clientOf(at.base).prepare()).resolves.toBeUndefined();
    }
  });
});

describe('how token requests end', () => {
  it.each<[TokenResult, Answer]>([
    ['token', json(200, { access_token: 'token', expires_in: 3600 })],
    ['refused', json(401, {})],
    ['unavailable', json(500, {})],
    ['throttled', json(429, {})],
  ])('is told once for each: %s', async (result, answer) => {
    const results: TokenResult[] = [];
    const at = await provider(goodSend, answer);
    const client = clientOf(at.base, { limits: { tokenAnswered: (one) => void results.push(one) } });
    await client.prepare().catch(() => undefined);
    expect(results).toEqual([result]);
  });

  it('does not become a storm where every new token is turned away: after the first the next one waits (guide 000, section 2)', async () => {
    const results: TokenResult[] = [];
    let issued = 0;
    const at = await provider(json(401, { code: 'bad.credentials' }), (response, seen) =>
      json(200, { access_token: `token-${++issued}`, expires_in: 3600 })(response, seen),
    );
    const client = clientOf(at.base, { limits: { tokenAnswered: (one) => void results.push(one) } });
    const failures: unknown[] = [];
    for (let n = 0; n < 50; n++) {
      await client.prepare().catch((error: unknown) => failures.push(error));
      await client.sendMessage(toSend, soon());
    }
    // One at first, one by force; those after it each behind a back-off of half a second or more.
    expect(failures.length).toBeGreaterThan(0);
    expect(at.tokens.length).toBeLessThan(10);
    expect(String(failures[0])).toContain('the provider turns its new tokens away');
    expect(results.slice(0, 3)).toEqual(['token', 'token', 'turned-away']);
  });
});
