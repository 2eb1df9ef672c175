import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, next, smsCommand } from '../../test/dispatcher-bench.ts';
import type { Answer } from '../../test/provider-stub.ts';

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

describe('a token', () => {
  it('is fetched once for 100 commands at the same time, and once more when the provider turns it away', async () => {
    const { account, at } = bench.nextAccount();
    const commands = Array.from({ length: 100 }, () => smsCommand(account));
    await bench.publish(...commands);
    await Promise.all(commands.map((command) => bench.outcome(command)));
    expect(at.tokenRequests).toBe(1);
    at.token = 'revoked by the provider';
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
    at.tokenAnswer = () => undefined;
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
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
