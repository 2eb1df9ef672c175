import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientRefusals, RedisClient } from '@heliograph/redis';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, next, smsCommand } from '../../test/dispatcher-bench.ts';
import type { Answer, ProviderAccount } from '../../test/provider-stub.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open()), 60_000);
afterAll(() => bench.close());

const text = (said: string) => ({ content: { type: 'text' as const, text: said } });
const tooMany = (seconds: number): Answer => ({ status: 429, headers: { 'retry-after': String(seconds) } });

/** Answers the first request of a kind in a special way. */
function once(answer: Answer): () => Answer {
  let left = [answer];
  return () => {
    const [first] = left;
    left = [];
    return first;
  };
}

describe('429 with Retry-After', () => {
  it('stops the account until then, keeps the order and costs no attempt', async () => {
    const { account, at } = bench.nextAccount();
    const first = smsCommand(account, text('1'));
    const [second, third] = [next(first, text('2')), next(first, text('3'))];
    let throttledAt = 0;
    const throttle = once(tooMany(2));
    at.answer = ({ kind }) => {
      const answer = kind === 'message' ? throttle() : undefined;
      if (answer) throttledAt = performance.now();
      return answer;
    };
    await bench.publish(first, second, third);
    await waitFor(() => throttledAt > 0, { description: 'the provider said 429' });
    const other = smsCommand(account, text('other'));
    await bench.publish(other);
    const facts = await Promise.all([first, second, third, other].map((command) => bench.outcome(command)));
    for (const fact of facts) expect(fact).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    const after = at.arrivals.filter((arrival) => arrival.at > throttledAt);
    expect(after[0]!.at - throttledAt).toBeGreaterThanOrEqual(1_990);
    expect(at.texts.filter((said) => said !== 'other')).toEqual(['1', '1', '2', '3']);
  }, 60_000);

  it('delays no other account', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = () => tooMany(30);
    const held = smsCommand(account);
    await bench.publish(held);
    await waitFor(() => at.arrivals.length === 1, { description: 'the provider said 429' });
    const other = smsCommand(bench.nextAccount().account);
    await bench.publish(other);
    expect(await bench.outcome(other, 5_000)).toMatchObject({ type: 'message.sent' });
    expect(at.arrivals).toHaveLength(1);
  }, 60_000);

  it('from the token endpoint stops the account until then, too', async () => {
    const { account, at } = bench.nextAccount();
    let throttledAt = 0;
    const throttle = once(tooMany(2));
    at.tokenAnswer = () => {
      throttledAt ||= performance.now();
      return throttle();
    };
    const commands = Array.from({ length: 10 }, () => smsCommand(account));
    await bench.publish(...commands);
    await Promise.all(commands.map((command) => bench.outcome(command)));
    expect(at.tokenRequests).toBe(2);
    expect(at.arrivals[0]!.at - throttledAt).toBeGreaterThanOrEqual(1_990);
  }, 60_000);
});

describe('429 without Retry-After', () => {
  it('stops the account for a back-off, keeps the order and costs no attempt', async () => {
    const { account, at } = bench.nextAccount();
    const first = smsCommand(account, text('1'));
    const second = next(first, text('2'));
    let throttledAt = 0;
    const throttle = once({ status: 429 });
    at.answer = ({ kind }) => {
      const answer = kind === 'message' ? throttle() : undefined;
      if (answer) throttledAt = performance.now();
      return answer;
    };
    await bench.publish(first, second);
    for (const command of [first, second]) {
      expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    }
    expect(at.texts).toEqual(['1', '1', '2']);
    // 2 s, less a quarter of jitter at most.
    expect(at.arrivals.find(({ at: moment }) => moment > throttledAt)!.at - throttledAt).toBeGreaterThanOrEqual(1_490);
  }, 60_000);
});

describe('a second OAuth client', () => {
  const usedBy = (at: ProviderAccount) => at.messages.map(({ client }) => client);

  it('takes over while the token endpoint throttles the first one, which is used again afterwards', async () => {
    const { account, at } = bench.nextAccount('two-clients');
    let throttled = 0;
    at.tokenAnswer = (client) => (client === 'client' && throttled++ === 0 ? tooMany(3) : undefined);
    const commands = Array.from({ length: 5 }, () => smsCommand(account));
    await bench.publish(...commands);
    for (const command of commands) expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent' });
    expect(usedBy(at)).toEqual(commands.map(() => 'second-client'));
    const metric = async (name: string) => {
      const metrics = await (await fetch(`${bench.service.address}/metrics`)).text();
      return metrics.split('\n').find((line) => line.startsWith(`heliograph_dispatcher_${name}`));
    };
    const state = `client_breaker_state{account="${account}"}`;
    expect(await metric(state)).toMatch(/ [12]$/);
    const of = (client: string) => `account="${account}",client="${client}"`;
    expect(await metric(`token_requests_total{${of('primary')},result="throttled"}`)).toMatch(/ [1-9]/);
    expect(await metric(`token_requests_total{${of('secondary')},result="token"}`)).toMatch(/ 1$/);
    expect(await metric(`client_budget_remaining{${of('secondary')}}`)).toMatch(/ \d/);
    expect(await metric(`client_paused_seconds{${of('primary')}}`)).toMatch(/ \d/);
    expect(await metric(`client_paused_seconds{${of('secondary')}}`)).toMatch(/ 0$/);
    const back = await waitFor(
      async () => {
        const command = smsCommand(account);
        await bench.publish(command);
        await bench.outcome(command);
        return usedBy(at).at(-1) === 'client' && command;
      },
      { timeoutMs: 20_000, description: 'the first client is used again' },
    );
    expect(bench.factsOf(back)).toHaveLength(1);
    expect(await metric(state)).toMatch(/ 0$/);
    expect(await metric(`client_moves_total{account="${account}",to="secondary"}`)).toMatch(/ 1$/);
    expect(await metric(`client_moves_total{account="${account}",to="primary"}`)).toMatch(/ 1$/);
    expect(at.violations).toEqual([]);
  }, 60_000);

  it('takes over when the first one is refused, and every command is sent once', async () => {
    const { account, at } = bench.nextAccount('two-clients');
    at.tokenAnswer = (client) =>
      client === 'client' ? { status: 401, body: { message: 'unknown client' } } : undefined;
    const commands = Array.from({ length: 20 }, () => smsCommand(account));
    await bench.publish(...commands);
    for (const command of commands) {
      expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    }
    expect(usedBy(at)).toEqual(commands.map(() => 'second-client'));
  }, 60_000);
});

describe('a token', () => {
  it('is fetched once for 100 commands at the same time, and once more when the provider turns it away', async () => {
    const { account, at } = bench.nextAccount();
    const commands = Array.from({ length: 100 }, () => smsCommand(account));
    await bench.publish(...commands);
    await Promise.all(commands.map((command) => bench.outcome(command)));
    expect(at.tokenRequests).toBe(1);
    at.tokens.clear();
    const more = commands.map((command) => next(command));
    await bench.publish(...more);
    const facts = await Promise.all(more.map((command) => bench.outcome(command)));
    expect(at.tokenRequests).toBe(2);
    for (const fact of facts) expect(fact).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    expect(at.messages).toHaveLength(200);
    expect(at.opened).toHaveLength(100);
  }, 60_000);

  it('that cannot be had makes commands wait, and costs them nothing', async () => {
    const { account, at } = bench.nextAccount();
    at.tokenAnswer = () => ({ status: 401, body: { message: 'unknown client' } });
    const command = smsCommand(account);
    await bench.publish(command);
    await waitFor(() => at.tokenRequests >= 2, { description: 'the token was asked for again' });
    expect(bench.factsOf(command)).toEqual([]);
    const refusals = new ClientRefusals(bench.service.app.get(RedisClient));
    const isRefused = () => refusals.isRefused(account, 'client');
    await waitFor(isRefused, { description: 'it is told that the client is refused' });
    at.tokenAnswer = () => undefined;
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    await waitFor(async () => !(await isRefused()), { description: 'it is told that it has a token' });
  }, 60_000);
});

describe('a provider that cannot be reached', () => {
  it('fails no command: it is sent when the provider is back', async () => {
    const { account, at } = bench.nextAccount();
    const command = smsCommand(account);
    at.answer = () => ({ status: 503, headers: { 'retry-after': '1' } });
    await bench.publish(command);
    await waitFor(() => at.arrivals.length >= 2, { description: 'it was tried again' });
    at.answer = () => undefined;
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
  }, 60_000);
});
