import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, next, smsCommand } from '../../test/dispatcher-bench.ts';
import type { Answer, Arrival } from '../../test/provider-stub.ts';

const TIMEOUT_MS = 500;
/** Its time-out, and the margin in which a request may still arrive. */
const RESOLVED_MS = TIMEOUT_MS + 2_000;

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open({ requestTimeoutMs: TIMEOUT_MS })), 60_000);
afterAll(() => bench.close());

/** The first message is taken and never answered; what comes then is answered so. */
function hangOnce(afterwards?: Answer): (arrival: Arrival) => Answer {
  let messages = 0;
  return ({ kind }) => (kind === 'open' ? undefined : messages++ === 0 ? 'hang' : afterwards);
}

describe('a time-out after the provider took the message', () => {
  it('is followed by one resend of a transactional one, late enough and marked as possibly repeated', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = hangOnce();
    const command = smsCommand(account);
    const behind = next(command);
    await bench.publish(command, behind);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: true });
    expect(await bench.outcome(behind)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    expect(at.texts).toEqual([command.content.text, command.content.text, behind.content.text]);
    const [first, second] = at.messages;
    expect(second!.at - first!.at).toBeGreaterThanOrEqual(RESOLVED_MS - 100);
  }, 60_000);

  it('leaves a campaign message unresolved, and does not send it again', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = hangOnce();
    const command = smsCommand(account, { class: 'campaign' });
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.unresolved' });
    expect(at.messages).toHaveLength(1);
  }, 60_000);

  it('leaves a transactional one unresolved when the resend times out, too', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = hangOnce('hang');
    const command = smsCommand(account);
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.unresolved' });
    expect(at.messages).toHaveLength(2);
  }, 60_000);

  it('and a refused resend make the message unresolved, not failed', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = hangOnce({ status: 400, body: { message: 'no', code: '131050' } });
    const command = smsCommand(account);
    await bench.publish(command);
    const fact = await bench.outcome(command);
    expect(fact.type).toBe('message.unresolved');
    expect(fact.reason).toMatch(/earlier attempt .* not known.* refused: status 400/);
  }, 60_000);

  it('and an expiry before the resend make the message unresolved, not failed', async () => {
    const { account, at } = bench.nextAccount();
    // Time enough for the first attempt to begin; whatever comes before the expiry is throttled.
    at.answer = hangOnce({ status: 429 });
    const command = smsCommand(account, { expiresAt: new Date(Date.now() + 3 * RESOLVED_MS).toISOString() });
    await bench.publish(command);
    expect(await bench.outcome(command, 30_000)).toMatchObject({ type: 'message.unresolved' });
  }, 60_000);
});

describe('a time-out of opening a conversation', () => {
  it('is followed by a second try that says so, and the message is sent once', async () => {
    const { account, at } = bench.nextAccount();
    let openings = 0;
    at.answer = ({ kind }) => (kind === 'open' && openings++ === 0 ? 'hang' : undefined);
    const command = smsCommand(account);
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    const opened = bench.outbound.find(({ type, data }) => type.endsWith('.opened') && data.account === account);
    expect(opened!.data.possiblyRepeated).toBe(true);
  }, 60_000);
});

describe('a dispatcher that ended between request and answer', () => {
  it('leaves the command to the next one, which waits and then resends once, marked', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = hangOnce();
    const command = smsCommand(account);
    await bench.publish(command);
    await waitFor(() => at.messages.length === 1, { description: 'the first attempt arrived' });
    // The answer never comes, so the stop gives the call up, as a crash would.
    await bench.abandon();
    await bench.start();
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: true });
    expect(at.messages).toHaveLength(2);
    expect(at.messages[1]!.at - at.messages[0]!.at).toBeGreaterThanOrEqual(RESOLVED_MS - 100);
  }, 60_000);
});
