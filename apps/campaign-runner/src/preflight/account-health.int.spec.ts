import { Account, AccountBuckets, Accounts } from '@heliograph/accounts';
import { BudgetStore, ClientRefusals, RedisClient } from '@heliograph/redis';
import { testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountHealth } from './account-health.ts';

const limits = { ...{ client: null, number: null, agentless: null, campaign: null, pair: null }, campaignShare: 0.8 };
const account = (id: string, tenant: string, secondary?: string): Account =>
  new Account({
    ...{ id, tenant, profile: 'genesys-guide', api: { baseUrl: `http://${id}`, tokenUrl: `http://${id}/token` } },
    ...{ client: { id: 'first' }, ...(secondary && { secondaryClient: { id: secondary } }), requestTimeoutMs: 1_000 },
    ...{ limits: { ...limits, tenant: { requests: 100, perSeconds: 1 } }, senders: [] },
  });

const one = account('one', 'acme');
const two = account('two', 'globex', 'second');
const redis = new RedisClient({ url: testRedisUrl(), namespace: uniqueNamespace('health') });
const refusals = new ClientRefusals(redis);
const health = new AccountHealth(new Accounts([one, two]), redis);

beforeAll(async () => {
  await redis.whenUp();
  expect(health.problem()).toContain('not looked at yet');
  health.start();
  await waitFor(() => health.problem() === undefined, { description: 'it was looked at' });
});
afterAll(async () => {
  await health.stop();
  await redis.close();
});

const code = (id: string) => health.of(id)?.code;
const becomes = (id: string, expected: string | undefined) =>
  waitFor(() => code(id) === expected, { description: `${id} is ${expected}, not ${code(id)}` });

describe('an account', () => {
  it('cannot be sent from while the provider refuses all of its clients', async () => {
    await refusals.refused('one', 'first');
    await refusals.refused('two', 'first');
    await becomes('one', 'account-unhealthy');
    expect(health.of('one')!.reason).toBe('the provider refuses the OAuth client of account one');
    expect(code('two')).toBeUndefined();
    await refusals.refused('two', 'second');
    await becomes('two', 'account-unhealthy');
    for (const id of ['one', 'two']) await refusals.accepted(id, 'first');
    for (const id of ['one', 'two']) await becomes(id, undefined);
  });

  it('cannot be sent from while the provider wants to be left alone for longer than throttling lasts', async () => {
    const store = new BudgetStore(redis, 'acme');
    const { tenant } = new AccountBuckets(one);
    await store.pauseFor(60_000, tenant);
    await refusals.refused('two', 'first');
    await refusals.refused('two', 'second');
    // By then the accounts were looked at since the pause.
    await becomes('two', 'account-unhealthy');
    expect(code('one')).toBeUndefined();
    await store.pauseFor(3_600_000, tenant);
    await becomes('one', 'budget-paused');
    expect(health.of('one')!.reason).toMatch(/^the provider wants no request of account one for 3[56]\d\d s$/);
  });
});
