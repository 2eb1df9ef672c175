import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationBody, credentials, startSimulator, type Running } from '../testing/running.ts';

const PROVIDERS = '/api/v2/messaging/providers';
const CONVERSATIONS = '/api/v2/conversations/messaging';

let simulator: Running;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());

describe('a token', () => {
  it('is given to the right client and secret, with its lifetime', async () => {
    const reply = await simulator.form(credentials());
    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({ access_token: expect.any(String), token_type: 'bearer', expires_in: 3600 });
  });

  it('is given at the endpoint of guide 002, section 1, for 1,799 s and the scopes asked for, which must be named', async () => {
    const scope = 'messaging:provider:read view:events';
    const reply = await simulator.form({ ...credentials(), scope }, '/oauth2/token');
    const answer = { access_token: expect.any(String), token_type: 'Bearer', expires_in: 1799, scope };
    expect([reply.status, reply.body]).toEqual([200, answer]);
    const without = await simulator.form(credentials(), '/oauth2/token');
    expect(without).toMatchObject({ status: 400, body: { message: 'scope: is required' } });
    const foreign = await simulator.form({ ...credentials(), scope: 'admin:all' }, '/oauth2/token');
    expect(foreign).toMatchObject({ status: 400, body: { message: expect.stringContaining('is not allowed') } });
  });

  it('is given at the endpoint of guide 004, authentication, for 3,600 s, without a scope', async () => {
    const reply = await simulator.form(credentials(), '/oauth/token');
    expect([reply.status, reply.body.access_token]).toEqual([200, expect.any(String)]);
    expect(reply.body).toMatchObject({ expires_in: 3600 });
    expect((await simulator.api('GET', PROVIDERS, undefined, reply.body.access_token)).status).toBe(200);
    const scoped = await simulator.form({ ...credentials(), scope: 'view:events' }, '/oauth/token');
    expect(scoped).toMatchObject({ status: 400, body: { message: 'scope: is not a known field' } });
  });

  it.each(['/api/v2/oauth2/token', '/oauth2/token', '/oauth/token'])(
    'counts against the limit of token requests, whichever endpoint gives it: %s',
    async (path) => {
      const limits = { tenant: null, token: { requests: 1, periodMs: 60_000 } };
      const limited = await startSimulator({ account: { limits } });
      const scope = path === '/oauth2/token' && { scope: 'view:events' };
      // The start has taken the one that is allowed.
      const { status } = await limited.form({ ...credentials(), ...scope }, path);
      await limited.close();
      expect(status).toBe(429);
    },
  );

  it.each(['client_id', 'client_secret'])('is refused with 401 for a wrong %s', async (field) => {
    const reply = await simulator.form({ ...credentials(), [field]: 'wrong' });
    expect(reply).toMatchObject({ status: 401, body: { code: 'invalid_client', status: 401 } });
  });

  it('opens nothing when it is missing, made up or expired: 401', async () => {
    expect(await simulator.api('GET', PROVIDERS, undefined, '')).toMatchObject({ status: 401 });
    expect(await simulator.api('GET', PROVIDERS, undefined, 'made-up')).toMatchObject({ status: 401 });
    await simulator.control('PUT', '/clock', { offsetMs: 3_600_000 });
    expect(await simulator.api('GET', PROVIDERS)).toMatchObject({ status: 401, body: { code: 'token.expired' } });
    await simulator.control('PUT', '/clock', { offsetMs: 0 });
    expect(await simulator.api('GET', PROVIDERS)).toMatchObject({ status: 200 });
  });

  it('ends at once when control expires all of them, and a new one works', async () => {
    const { expired } = await simulator.control('POST', '/accounts/acme/tokens/expire');
    expect(expired).toBeGreaterThan(0);
    expect((await simulator.api('GET', PROVIDERS)).status).toBe(401);
    await simulator.logIn();
    expect((await simulator.api('GET', PROVIDERS)).status).toBe(200);
  });

  it('without the scope of an endpoint is answered 403 that names the scope', async () => {
    const { body } = await simulator.form({ ...credentials(), scope: 'messaging:provider:read' });
    expect((await simulator.api('GET', PROVIDERS, undefined, body.access_token)).status).toBe(200);
    const reply = await simulator.api('POST', CONVERSATIONS, conversationBody(), body.access_token);
    expect(reply).toMatchObject({ status: 403, body: { message: 'scope: edit:conversation is required' } });
  });
});

describe('what does not exist', () => {
  it.each([
    ['GET', '/api/v2/nothing'],
    ['DELETE', PROVIDERS],
    ['GET', `${PROVIDERS}/other/templates`],
    ['GET', `${PROVIDERS}/provider-whatsapp/templates/other`],
    ['GET', `${CONVERSATIONS}/other/participants`],
  ])('is answered 404: %s %s', async (method, path) => {
    expect(await simulator.api(method, path)).toMatchObject({ status: 404, body: { code: 'not.found', status: 404 } });
  });

  it('is answered 404 for a queue of another place, and 400 naming a query field nobody knows', async () => {
    const body = conversationBody();
    body.routing_data.queue_id = 'queue-of-yesterday';
    expect((await simulator.api('POST', CONVERSATIONS, body)).status).toBe(404);
    const reply = await simulator.api('GET', `${PROVIDERS}?pageSize=5`);
    expect(reply).toMatchObject({ status: 400, body: { message: 'pageSize: is not a known query field' } });
  });
});

describe('the rate limit', () => {
  it('counts every request of the account, tokens and refusals too, and names when to come back', async () => {
    const limited = await startSimulator({ account: { limits: { tenant: { requests: 5, periodMs: 60_000 } } } });
    const replies = [
      await limited.form(credentials()),
      await limited.api('GET', PROVIDERS),
      await limited.api('GET', '/api/v2/nothing'),
      await limited.form({ ...credentials(), client_secret: 'wrong' }),
      await limited.api('GET', PROVIDERS),
      await limited.form(credentials()),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 404, 401, 429, 429]);
    expect(replies.map(({ headers }) => headers['x-ratelimit-remaining'])).toEqual(['3', '2', '1', '0', '0', '0']);
    expect(Number(replies[4]?.headers['retry-after'])).toBeGreaterThan(55);
    expect(Number(replies[4]?.headers['retry-after'])).toBeLessThanOrEqual(60);
    const { accounts } = await limited.control('GET', '/summary');
    expect(accounts.acme).toMatchObject({ requests: 7, throttled: 2, maxInWindow: 7, maxAdmittedInWindow: 5 });
    await limited.control('PATCH', '/accounts/acme/settings', {
      limits: { tenant: { requests: 6, periodMs: 60_000 } },
    });
    expect((await limited.api('GET', PROVIDERS)).status).toBe(200);
    await limited.close();
  });
});
