import { ERASED } from '@heliograph/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DispatcherBench, smsCommand } from '../../test/dispatcher-bench.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open()), 60_000);
afterAll(() => bench.close());

describe('a message to a contact who was erased', () => {
  it('does not leave when it was accepted before, and is sent when it was accepted afterwards', async () => {
    const { account, at } = bench.nextAccount();
    const before = smsCommand(account);
    const after = { ...smsCommand(account), acceptedAt: new Date(Date.now() + 1_000).toISOString() };
    const erased = { state: 'closed', contact: ERASED, erasedAt: new Date().toISOString() } as const;
    for (const command of [before, after]) await bench.customerWrote(command, erased);
    await bench.publish(before, after);
    expect(await bench.outcome(before)).toMatchObject({ type: 'message.failed', code: 'contact-erased' });
    expect(await bench.outcome(after)).toMatchObject({ type: 'message.sent', acceptedAt: after.acceptedAt });
    expect(at.messages).toHaveLength(1);
  }, 60_000);
});
