import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { divertedId, type CampaignDefinition, type SendMessage } from '@heliograph/contracts';
import { FenceLost, Unavailable } from '@heliograph/runtime';
import { EndedLately } from '../counting/ended-lately.ts';
import { isoAt } from '../../test/campaign-builders.ts';
import { contactsOf, ExpansionBench, PARTITION, recipientOf, type Worker } from '../../test/expansion-bench.ts';

let bench: ExpansionBench;
beforeAll(async () => (bench = await ExpansionBench.open()));
afterAll(() => bench.close());

const round = ({ expansion }: Worker, token = bench.token): Promise<void> => expansion.round(PARTITION, token);
const idsOf = (commands: readonly SendMessage[]): string[] => commands.map(({ messageId }) => messageId);

/** A running campaign with so many recipients, all of them written. */
async function started(count: number, over: Partial<CampaignDefinition> = {}): Promise<CampaignDefinition> {
  const definition = bench.campaign(over, count);
  await bench.recipients(definition, contactsOf(count));
  return definition;
}

/** Tells of every command that has not been told of yet. */
async function tellAll(definition: CampaignDefinition, worker: Worker, tell: Parameters<typeof bench.tell>[1]) {
  await Promise.all((await bench.commands(definition)).map((command) => bench.tell(command, tell)));
  await bench.count(worker);
}

const finish = (definition: CampaignDefinition): void =>
  bench.move(definition, { state: 'finished', end: 'completed' });

describe('recipients of a running campaign', () => {
  it('are each given once, in their order, with all that their rows say', async () => {
    const definition = bench.campaign({ perMinute: 6_000 }, 3);
    const rows = contactsOf(3);
    await bench.recipients(definition, rows);
    const worker = bench.worker();
    await round(worker);
    await round(worker);
    const commands = await bench.commands(definition);
    expect(commands.map(({ contact }) => contact)).toEqual(rows);
    const [first] = commands;
    const { campaignId, line: _, uploadId: _upload, at, ...rest } = recipientOf(definition, rows[0]!, 1);
    const { expiresAt } = definition;
    const campaign = { campaignId, row: expect.stringMatching(/^\d+$/), perMinute: 6_000 };
    expect(first).toEqual({ ...rest, class: 'campaign', acceptedAt: at, expiresAt, campaign });
    expect(await bench.progress(definition)).toMatchObject({ accepted: 3, waiting: 0, underWay: 3 });
    finish(definition);
  });

  it('are given once and counted once though the process ends before or after they are published', async () => {
    const definition = await started(10);
    await expect(round(bench.worker('publish'))).rejects.toThrow(Unavailable);
    expect(idsOf(await bench.commands(definition))).toEqual([]);
    await expect(round(bench.worker('note'))).rejects.toThrow(Unavailable);
    // What became of some is heard of before it is written down that they were given.
    const [one, two] = await bench.commands(definition);
    const worker = bench.worker();
    await bench.tell(one!, { status: 'sent' });
    await bench.tell(two!, { status: 'failed', code: 'provider-refused' });
    await bench.count(worker);
    await round(worker);
    await round(worker);
    const commands = idsOf(await bench.commands(definition));
    expect(new Set(commands).size).toBe(10);
    // Those that were heard of are known to be given.
    expect(commands).toHaveLength(18);
    expect(await bench.progress(definition)).toMatchObject({ accepted: 10, underWay: 8, sent: 1, failed: 1 });
    finish(definition);
  });

  it('who are in it twice are given once and no recipients a second time', async () => {
    const definition = bench.campaign({}, 6);
    const [a, b, c] = contactsOf(3);
    await bench.recipients(definition, [a!, b!, a!], false);
    const worker = bench.worker();
    await round(worker);
    await tellAll(definition, worker, { status: 'sent' });
    await bench.recipients(definition, [a!, c!, b!]);
    await round(worker);
    expect((await bench.commands(definition)).map(({ contact }) => contact)).toEqual([a, b, c]);
    expect(await bench.progress(definition)).toMatchObject({ accepted: 3, waiting: 0, underWay: 1, sent: 2 });
    finish(definition);
  });

  it('of several campaigns in one partition are each read for their own, whichever closing mark is the last', async () => {
    const [first, second] = [bench.campaign({}, 6), bench.campaign({}, 3)];
    const contacts = contactsOf(6);
    await bench.recipients(first, contacts.slice(0, 2));
    await bench.recipients(second, contacts.slice(0, 3));
    await bench.recipients(first, contacts.slice(2));
    const worker = bench.worker();
    await round(worker);
    await round(worker);
    expect((await bench.commands(first)).map(({ contact }) => contact)).toEqual(contacts);
    expect((await bench.commands(second)).map(({ contact }) => contact)).toEqual(contacts.slice(0, 3));
    for (const definition of [first, second]) {
      expect(await bench.isDrained(definition)).toBe(false);
      await tellAll(definition, worker, { status: 'sent' });
      expect(await bench.isDrained(definition)).toBe(true);
      finish(definition);
    }
  });

  it('whose language the template may not be sent in end with that code, also after they were held; the others are given', async () => {
    const definition = bench.campaign({}, 4);
    const contacts = contactsOf(4);
    await bench.recipients(definition, contacts.slice(0, 2), false);
    await bench.recipients(definition, contacts.slice(2), true, 'de');
    bench.languageProblems.set('de', 'template-not-approved');
    const worker = bench.worker();
    await round(worker);
    const commands = await bench.commands(definition);
    expect(commands.map(({ contact }) => contact)).toEqual(contacts.slice(0, 2));
    const counts = { failed: 2, failedBy: { 'template-not-approved': 2 } };
    expect(await bench.progress(definition)).toMatchObject({ underWay: 2, ...counts });
    await bench.tell(commands[0]!, { held: { cause: 'campaign' } });
    await bench.count(worker);
    bench.languageProblems.set('en', 'template-not-approved');
    await round(worker);
    expect(await bench.commands(definition)).toHaveLength(2);
    expect(await bench.progress(definition)).toMatchObject({ underWay: 1, failed: 3, waiting: 0 });
    bench.languageProblems.clear();
    finish(definition);
  });

  it('are given by the present owner of the partition alone', async () => {
    const definition = await started(10);
    const [earlier, later] = [bench.worker(), bench.worker()];
    const old = bench.token;
    await bench.fence();
    await round(later);
    await expect(round(earlier, old)).rejects.toThrow(FenceLost);
    expect(idsOf(await bench.commands(definition))).toHaveLength(10);
    expect(await bench.progress(definition)).toMatchObject({ underWay: 10 });
    finish(definition);
  });

  it('are gone on with where the owner before has come to', async () => {
    const definition = await started(150);
    const worker = bench.worker();
    await round(worker);
    await tellAll(definition, worker, { status: 'sent' });
    await bench.fence();
    const next = bench.worker();
    await round(next);
    await tellAll(definition, next, { status: 'sent' });
    await round(next);
    const ids = idsOf(await bench.commands(definition));
    expect([ids.length, new Set(ids).size]).toEqual([150, 150]);
    finish(definition);
  });
});

describe('what is given ahead', () => {
  it('never exceeds the bound of its sender, and is shared evenly among its campaigns', async () => {
    bench.lookAhead = { least: 30, most: 30 };
    const sender = 'alerts';
    const campaigns = [await started(60, { sender }), await started(60, { sender }), await started(4, { sender })];
    const other = await started(60);
    const worker = bench.worker();
    const underWay = async () =>
      Promise.all([...campaigns, other].map(async (of) => (await bench.progress(of)).underWay));
    await round(worker);
    expect(await underWay()).toEqual([10, 10, 4, 30]);
    await round(worker);
    // The small one wants no more: the others share what it leaves.
    expect(await underWay()).toEqual([13, 13, 4, 30]);
    await tellAll(campaigns[0]!, worker, { status: 'sent' });
    for (let rounds = 0; rounds < 3; rounds++) await round(worker);
    expect(await underWay()).toEqual([13, 13, 4, 30]);
    for (const definition of [...campaigns, other]) finish(definition);
    bench.lookAhead = { least: 64, most: 2_048 };
  });

  it('of a campaign with a pace of its own is ten seconds of that', async () => {
    const definition = await started(50, { perMinute: 60 });
    const worker = bench.worker();
    await round(worker);
    await round(worker);
    expect(idsOf(await bench.commands(definition))).toHaveLength(10);
    finish(definition);
  });

  it('grows with what ends', async () => {
    const definition = await started(400);
    const worker = bench.worker(undefined, new EndedLately(() => 0));
    const given = async (): Promise<number> => {
      await round(worker);
      return (await bench.progress(definition)).underWay;
    };
    expect(await given()).toBe(64);
    await tellAll(definition, worker, { status: 'sent' });
    expect(await given()).toBe(64);
    await tellAll(definition, worker, { status: 'sent' });
    expect(await given()).toBe(128);
    finish(definition);
  });
});

describe('a campaign that does not run', () => {
  it('gives nothing while it is paused, or while something it needs is missing, and goes on without repeats', async () => {
    const definition = await started(20);
    const worker = bench.worker();
    bench.move(definition, { state: 'paused' });
    await round(worker);
    bench.move(definition, { state: 'running' });
    bench.problems = [{ code: 'template-not-approved', reason: 'it was rejected' }];
    await round(worker);
    expect(idsOf(await bench.commands(definition))).toEqual([]);
    bench.problems = [];
    await round(worker);
    expect(new Set(idsOf(await bench.commands(definition))).size).toBe(20);
    finish(definition);
  });

  it('has what was held given again when it runs, each once for every time it was held', async () => {
    const definition = await started(10);
    const worker = bench.worker();
    await round(worker);
    bench.move(definition, { state: 'paused' });
    await tellAll(definition, worker, { held: { cause: 'campaign' } });
    expect(await bench.progress(definition)).toMatchObject({ waiting: 10, underWay: 0 });
    await round(worker);
    expect(idsOf(await bench.commands(definition))).toHaveLength(10);
    bench.move(definition, { state: 'running' });
    await expect(round(bench.worker('note'))).rejects.toThrow(Unavailable);
    await round(worker);
    await round(worker);
    // A repeat of the entries that held them holds them no more.
    await bench.count(worker, true);
    await round(worker);
    const commands = await bench.commands(definition);
    expect(commands).toHaveLength(30);
    expect(commands.slice(10, 20)).toEqual(commands.slice(0, 10));
    expect(await bench.progress(definition)).toMatchObject({ waiting: 0, underWay: 10 });
    finish(definition);
  });

  it('has what is held for quiet hours given again when they are over', async () => {
    const definition = await started(2);
    const worker = bench.worker();
    await round(worker);
    const [first, second] = await bench.commands(definition);
    await bench.tell(first!, { held: { cause: 'quiet-hours', resumeAt: isoAt(60_000) } });
    await bench.tell(second!, { held: { cause: 'quiet-hours', resumeAt: isoAt(120_000) } });
    await bench.count(worker);
    await round(worker);
    expect(idsOf(await bench.commands(definition))).toHaveLength(2);
    bench.now += 60_000;
    await round(worker);
    expect(idsOf(await bench.commands(definition))).toEqual(
      [first!, second!, first!].map(({ messageId }) => messageId),
    );
    bench.now += 60_000;
    await round(worker);
    expect(idsOf(await bench.commands(definition)).at(-1)).toBe(second!.messageId);
    bench.now -= 120_000;
    finish(definition);
  });

  it('has a message that goes on by another channel held and given again there', async () => {
    const definition = await started(1);
    const worker = bench.worker();
    await round(worker);
    const [command] = await bench.commands(definition);
    await bench.tell(command!, { status: 'diverted' });
    const { messageId } = command!;
    const { conversationId } = recipientOf({ ...definition, channel: 'whatsapp' }, '15550000000', 1);
    const elsewhere = { ...command!, conversationId, channel: 'whatsapp' as const, contact: '15550000000' };
    const diverted = { ...elsewhere, messageId: divertedId(messageId), divertedFrom: messageId };
    await bench.tell(diverted, { held: { cause: 'campaign' } });
    await bench.count(worker);
    expect(await bench.progress(definition)).toMatchObject({ accepted: 1, waiting: 1, underWay: 0 });
    await round(worker);
    expect((await bench.commands(definition)).at(-1)).toEqual(diverted);
    expect(await bench.progress(definition)).toMatchObject({ waiting: 0, underWay: 1 });
    await bench.tell(diverted, { status: 'delivered' });
    await bench.count(worker);
    expect(await bench.progress(definition)).toMatchObject({ accepted: 1, underWay: 0, sent: 1, delivered: 1 });
    finish(definition);
  });

  it.each([
    { ending: 'cancelled' as const, isStarted: true },
    { ending: 'expired' as const, isStarted: true },
    { ending: 'cancelled' as const, isStarted: false },
  ])('and is $ending ends the rest of its recipients, started or not: $isStarted', async ({ ending, isStarted }) => {
    const definition = bench.campaign({}, 1_200);
    await bench.recipients(definition, contactsOf(1_200), isStarted);
    const worker = bench.worker();
    await round(worker);
    const given = await bench.commands(definition);
    const held = { held: { cause: 'campaign' as const } };
    const tells = given.map((command, index) => bench.tell(command, index < 20 ? held : { status: 'sent' }));
    await Promise.all(tells);
    await bench.count(worker);
    bench.move(definition, { ending });
    for (let rounds = 0; rounds < 5; rounds++) await round(worker);
    expect(idsOf(await bench.commands(definition))).toHaveLength(64);
    const progress = {
      accepted: 1_200,
      waiting: 0,
      underWay: 0,
      sent: 44,
      failed: 1_156,
      failedBy: { [ending]: 1_156 },
    };
    expect(await bench.progress(definition)).toMatchObject(progress);
    expect(await bench.isDrained(definition)).toBe(true);
    finish(definition);
  });

  it('gives nothing after its time is over, though nobody has said so yet', async () => {
    const definition = await started(5, { expiresAt: isoAt(0) });
    await round(bench.worker());
    expect(idsOf(await bench.commands(definition))).toEqual([]);
    finish(definition);
  });

  it('is forgotten message by message when it has been over for long, and its counts stay', async () => {
    const definition = await started(5);
    const worker = bench.worker();
    await round(worker);
    await tellAll(definition, worker, { status: 'sent' });
    bench.move(definition, { state: 'finished', end: 'completed', since: isoAt(-16 * 86_400_000) });
    await round(worker);
    await tellAll(definition, worker, { status: 'delivered' });
    expect(await bench.progress(definition)).toMatchObject({ accepted: 5, sent: 5, delivered: 0 });
    const [key] = await bench.redis.client.keys(`*${definition.campaignId}.messages`);
    expect(key).toBeUndefined();
  });
});
