import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DispatcherBench, menuCommand } from '../../test/dispatcher-bench.ts';
import type { Answer, Arrival } from '../../test/provider-stub.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open({ requestTimeoutMs: 500 })), 60_000);
afterAll(() => bench.close());

/** The first request of a kind is never answered, what comes then is answered so. */
function hangOnce(of: Arrival['kind'], afterwards?: Answer): (arrival: Arrival) => Answer {
  let seen = 0;
  return ({ kind }) => (kind !== of ? undefined : seen++ === 0 ? 'hang' : afterwards);
}

describe('a structured message whose answer never came', () => {
  it('is resent once to the same contact, marked as possibly repeated', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = hangOnce('message');
    const command = menuCommand(account);
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: true });
    const contacts = at.messages.map(({ contactId }) => contactId);
    expect(contacts).toEqual([contacts[0], contacts[0]]);
  }, 60_000);

  it('is unresolved, not failed, when its conversation is closed by then', async () => {
    const { account, at } = bench.nextAccount();
    const body = { message: 'this conversation was closed', code: 'conversation.closed' };
    at.answer = hangOnce('message', { status: 400, body });
    const command = menuCommand(account);
    await bench.publish(command);
    const fact = await bench.outcome(command);
    expect(fact.type).toBe('message.unresolved');
    expect(fact.reason).toContain('this conversation was closed');
  }, 60_000);

  it('to a look is asked again: a look changes nothing', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = hangOnce('look');
    const command = menuCommand(account);
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    expect(at.looks.map(({ kind }) => kind)).toEqual(['find', 'look', 'look']);
    expect(at.messages).toHaveLength(1);
  }, 60_000);
});
