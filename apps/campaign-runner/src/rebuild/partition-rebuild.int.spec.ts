import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CampaignDefinition, MessageStatus } from '@heliograph/contracts';
import { FenceLost } from '@heliograph/runtime';
import { contactsOf, ExpansionBench, PARTITION, type Worker } from '../../test/expansion-bench.ts';

let bench: ExpansionBench;
beforeAll(async () => (bench = await ExpansionBench.open()));
afterAll(() => bench.close());

const round = ({ expansion }: Worker): Promise<void> => expansion.round(PARTITION, bench.token);
const STATUSES: MessageStatus[] = ['sent', 'delivered', 'read', 'failed', 'suppressed', 'unresolved'];

/** A campaign that is under way: some of what was given has ended in every way there is. */
async function underWay(over: Partial<CampaignDefinition> = {}): Promise<[CampaignDefinition, Worker]> {
  const contacts = contactsOf(200);
  const definition = bench.campaign(over, 203);
  // Three of them twice: before, among and behind those that are given first.
  await bench.recipients(definition, [contacts[0]!, ...contacts, contacts[30]!, contacts[199]!]);
  const worker = bench.worker();
  await round(worker);
  const commands = await bench.commands(definition);
  await Promise.all(
    commands.map(async (command, index) => {
      const status = STATUSES[index % 8];
      if (status) await bench.tell(command, { status, ...(status === 'failed' && { code: `code-${index % 3}` }) });
      else if (index % 8 === 6) await bench.tell(command, { held: { cause: 'campaign' } });
    }),
  );
  const [first] = commands;
  await bench.tell(first!, { reply: true });
  await bench.tell(first!, { reply: true, optOut: true });
  await bench.count(worker);
  return [definition, worker];
}

/** Runs it to its end. */
async function toTheEnd(definition: CampaignDefinition, worker: Worker): Promise<void> {
  let told = 0;
  for (let rounds = 0; rounds < 12; rounds++) {
    await round(worker);
    const commands = await bench.commands(definition);
    await Promise.all(commands.slice(told).map((command) => bench.tell(command, { status: 'sent' })));
    told = commands.length;
    await bench.count(worker);
    if (await bench.isDrained(definition)) return;
  }
  throw new Error('the campaign has not ended');
}

describe('campaigns whose Redis was lost', () => {
  it('count exactly as before, and give everybody once who was not given', async () => {
    const [definition, before] = await underWay();
    const counts = await bench.progress(definition);
    expect(counts).toMatchObject({ accepted: 202, replies: 1, optOuts: 1 });
    await bench.loseAndRebuild();
    expect(await bench.progress(definition)).toEqual(counts);
    const worker = bench.worker();
    await expect(before.expansion.round(PARTITION, 'of no use any more')).rejects.toThrow(FenceLost);
    await toTheEnd(definition, worker);
    const commands = await bench.commands(definition);
    const held = commands.length - 200;
    expect(new Set(commands.map(({ messageId }) => messageId)).size).toBe(200);
    expect(held).toBe(8);
    const ended = await bench.progress(definition);
    expect(ended).toMatchObject({ accepted: 200, waiting: 0, underWay: 0 });
    expect(ended.sent + ended.failed + ended.suppressed + ended.unresolved).toBe(200);
    await bench.loseAndRebuild();
    // Who is in it twice behind the last one given is found by reading on.
    await round(bench.worker());
    expect(await bench.progress(definition)).toEqual(ended);
    expect(await bench.isDrained(definition)).toBe(true);
    bench.move(definition, { state: 'finished', end: 'completed' });
  });

  it('are rebuilt over what is older than the topics', async () => {
    const [definition] = await underWay();
    const counts = await bench.progress(definition);
    await bench.rebuild();
    expect(await bench.progress(definition)).toEqual(counts);
    await bench.rebuild();
    expect(await bench.progress(definition)).toEqual(counts);
    bench.move(definition, { state: 'finished', end: 'completed' });
  });

  it('and that were cancelled end the rest again', async () => {
    const [definition, worker] = await underWay();
    bench.move(definition, { ending: 'cancelled' });
    for (let rounds = 0; rounds < 3; rounds++) await round(worker);
    const counts = await bench.progress(definition);
    expect(counts).toMatchObject({ accepted: 200, waiting: 0 });
    await bench.loseAndRebuild();
    const after = bench.worker();
    for (let rounds = 0; rounds < 3; rounds++) await round(after);
    expect(await bench.progress(definition)).toEqual(counts);
    bench.move(definition, { state: 'finished', end: 'cancelled' });
  });

  it('keep their frequency caps', async () => {
    const frequencyCap = { messages: 1, perSeconds: 86_400 };
    const contacts = contactsOf(20, 5_000);
    // Redis' clock says what a day is.
    const today = new Date().toISOString();
    const [first, second, third] = [1, 2, 3].map(() => bench.campaign({ frequencyCap }, 20));
    const worker = bench.worker();
    await bench.recipients(first!, contacts.slice(0, 10));
    await round(worker);
    const commands = await bench.commands(first);
    // Two were not sent: their contacts may have others.
    for (const [index, command] of commands.entries())
      await bench.tell(command, index < 2 ? { status: 'failed', code: 'expired' } : { status: 'sent' }, today);
    await bench.count(worker);
    await bench.recipients(second!, contacts.slice(0, 15));
    await round(worker);
    expect((await bench.commands(second)).map(({ contact }) => contact)).toEqual(
      contacts.filter((_, index) => index < 2 || (index >= 10 && index < 15)),
    );
    const counts = await bench.progress(second!);
    expect(counts).toMatchObject({ underWay: 7, failed: 8, failedBy: { 'frequency-cap': 8 } });
    await bench.loseAndRebuild();
    expect(await bench.progress(second!)).toEqual(counts);
    await bench.recipients(third!, contacts);
    await round(bench.worker());
    expect((await bench.commands(third)).map(({ contact }) => contact)).toEqual(contacts.slice(15));
  });
});
