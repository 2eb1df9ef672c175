import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SendMessage } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, next, POOL, poolCommand } from '../../test/dispatcher-bench.ts';
import type { Arrival, ProviderAccount } from '../../test/provider-stub.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open()), 60_000);
afterAll(() => bench.close());

const fromOf = ({ body }: Arrival) => (body.from as { address: string }).address;
const openedFor = (at: ProviderAccount, { contact }: SendMessage) =>
  at.opened.filter(({ body }) => (body.to as { address: string }[])[0]!.address === contact);

async function send(...commands: SendMessage[]): Promise<void> {
  await bench.publish(...commands);
  for (const command of commands) {
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
  }
}

describe('a sender with several numbers', () => {
  it('spreads new contacts over all of them', async () => {
    const { account, at } = bench.nextAccount();
    await send(...Array.from({ length: 60 }, () => poolCommand(account)));
    const counts = Map.groupBy(at.opened, fromOf);
    expect([...counts.keys()].sort()).toEqual(POOL);
    for (const contacts of counts.values()) expect(contacts.length).toBeGreaterThanOrEqual(10);
    expect(at.violations).toEqual([]);
  }, 60_000);

  it('stays with the number that a contact was given, also in the next conversation', async () => {
    const { account, at } = bench.nextAccount();
    const contacts = Array.from({ length: 12 }, () => poolCommand(account));
    await send(...contacts);
    for (const id of at.conversations.keys()) at.conversations.set(id, 'closed');
    const again = contacts.map((command) => next(command));
    await send(...again);
    for (const command of contacts) {
      const [first, second] = openedFor(at, command).map(fromOf);
      expect([first, second]).toEqual([first, first]);
    }
    expect(new Set(at.opened.map(fromOf)).size).toBe(POOL.length);
  }, 60_000);

  it.each(POOL)(
    'answers from the number the customer wrote to: %s',
    async (number) => {
      const { account, at } = bench.nextAccount();
      const command = poolCommand(account);
      await bench.customerWrote(command, { senderAddress: number });
      await send(command);
      expect(at.opened.map(fromOf)).toEqual([number]);
    },
    60_000,
  );

  it('tells with the conversation which number it is with', async () => {
    const { account, at } = bench.nextAccount();
    const command = poolCommand(account);
    await send(command);
    const opened = bench.outbound.find(
      ({ type, data }) => type === 'provider-conversation.opened' && data.contact === command.contact,
    );
    expect(opened?.data.senderAddress).toBe(fromOf(at.opened[0]!));
  }, 60_000);

  it('goes on with the same number when the process that chose it is gone', async () => {
    const { account, at } = bench.nextAccount();
    const commands = Array.from({ length: 6 }, () => poolCommand(account));
    at.answer = () => ({ status: 503, headers: { 'retry-after': '3' } });
    await bench.publish(...commands);
    await waitFor(() => at.opened.length > 0, { description: 'a number was chosen and used' });
    const chosen = new Map(at.opened.map(({ body }) => [(body.to as { address: string }[])[0]!.address, body.from]));
    await bench.abandon();
    at.answer = () => undefined;
    await bench.start();
    for (const command of commands) expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent' });
    for (const [contact, from] of chosen) {
      const later = openedFor(at, { contact } as SendMessage).map(({ body }) => body.from);
      expect(later).toEqual(later.map(() => from));
    }
  }, 60_000);
});
