import { TranscriptReader, entriesKey } from '@heliograph/conversations';
import { Unavailable } from '@heliograph/runtime';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changed, ofContact, partiesOfContact, receipt, received, sent, uuidOf } from '../../test/fact-builders.ts';
import { diverted, divertedCommandOf, held } from '../../test/lifecycle-facts.ts';
import { deliveryOf, PARTITION, SessionBench } from '../../test/session-bench.ts';
import type { Fact } from '../fold/facts.ts';
import type { SessionsService } from './sessions.service.ts';

let bench: SessionBench;
let offset = 0;
beforeAll(async () => (bench = await SessionBench.open()));
afterAll(() => bench.close());

/** The facts of one contact, each with the place it was read at: handled again it is the same delivery. */
function ofOne(contact: string, facts: readonly Fact[]) {
  const { conversationId } = partiesOfContact(contact);
  return { id: conversationId, facts: facts.map((fact) => ({ fact: ofContact(contact, fact), offset: offset++ })) };
}
type Placed = ReturnType<typeof ofOne>['facts'][number];

const handle = (worker: SessionsService, { fact, offset: at }: Placed, fence: string) =>
  worker.handle(fact, deliveryOf(fact, at, fence));

/** Hands a fact to the next owner until the publishes of the one before are out of time. */
const handleAtLast = (placed: Placed, fence: string) =>
  waitFor(async () => (await handle(bench.worker(), placed, fence)).kind !== 'blocked', {
    description: 'it is handled',
  });

const pressed = received('pressed', 32, { content: { type: 'text', text: 'Billing', payload: 'billing_inquiry' } });

describe('commands that follow from a fact', () => {
  // Entries: message.received, message.released, reply.routed; two commands; the snapshot.
  it.each([
    { records: 0, lost: false },
    { records: 3, lost: false },
    { records: 4, lost: false },
    { records: 5, lost: false },
    { records: 0, lost: true },
    { records: 2, lost: true },
    { records: 3, lost: true },
    { records: 4, lost: true },
    { records: 5, lost: true },
  ])(
    'are given with the same ids after a crash behind $records records, Redis lost: $lost',
    async ({ records, lost }) => {
      const { id, facts } = ofOne(`1555040${lost ? 1 : 0}00${records}`, [held('h', 30), pressed]);
      const [first, second] = facts as [Placed, Placed];
      const fence = await bench.fence(1);
      await handle(bench.worker(), first, fence);
      const dying = bench.worker(bench.publisherEndingAfter(records));
      await expect(handle(dying, second, fence)).rejects.toBeInstanceOf(Unavailable);

      const next = lost ? await bench.loseAndRebuild(id, 2) : await bench.fence(2);
      await handleAtLast(second, next);
      const commands = await bench.commands(id);
      const distinct = new Map(commands.map((command) => [command.id, command]));
      expect([...distinct.values()].map(({ type }) => type)).toEqual(['message.send', 'conversation.hand-off']);
      expect(distinct.values().next().value?.data.messageId).toBe(uuidOf('message h'));
      for (const command of commands) expect(command).toEqual(distinct.get(command.id));
      const numbers = new Map((await bench.timeline(id)).map(({ sequence, kind }) => [sequence, kind]));
      expect([...numbers]).toEqual(
        ['session.opened', 'message.held', 'message.received', 'message.released', 'reply.routed'].map(
          (kind, index) => [index + 1, kind],
        ),
      );
    },
  );
});

describe('a message that goes on by another channel', () => {
  // Entries: session.opened, message.diverted; the command, of another conversation; the snapshot.
  it.each([1, 2, 3].flatMap((records) => [false, true].map((lost) => ({ records, lost }))))(
    'has one command, however often it is given, after a crash behind $records records, Redis lost: $lost',
    async ({ records, lost }) => {
      const { id, facts } = ofOne(`1555044${lost ? 1 : 0}00${records}`, [diverted('d', 30)]);
      const [placed] = facts as [Placed];
      const fence = await bench.fence(1);
      await handle(bench.worker(bench.publisherEndingAfter(records)), placed, fence).catch(() => undefined);
      const next = lost ? await bench.loseAndRebuild(id, 2) : await bench.fence(2);
      await handleAtLast(placed, next);

      const { messageId, conversationId } = divertedCommandOf('d');
      const commands = (await bench.commands(conversationId)).filter(
        ({ data }) => data.contact === `+1555044${lost ? 1 : 0}00${records}`,
      );
      expect(new Set(commands.map((command) => JSON.stringify(command))).size).toBe(1);
      expect(commands[0]!.data).toMatchObject({ messageId, channel: 'sms', content: { name: 'order_sms' } });
      const numbers = new Map((await bench.timeline(id)).map(({ sequence, kind }) => [sequence, kind]));
      expect([...numbers]).toEqual([
        [1, 'session.opened'],
        [2, 'message.diverted'],
      ]);
      expect((await bench.snapshots(id)).at(-1)?.messages).toMatchObject([{ divertedTo: { messageId } }]);
    },
  );
});

const talk = [received('a', 0), sent('m', 1), receipt('m', 'read', 2)];
const end = changed('end', 'closed', 3);
const WHOLE = [
  'session.opened',
  'message.received',
  'message.sent',
  'message.status-reported',
  'provider-conversation.changed',
  'session.stage-changed',
  'session.closed',
];

describe('the archive of a session (guide 000, section 5)', () => {
  // Entries: provider-conversation.changed, session.stage-changed, session.closed; the archive; the snapshot.
  it.each([
    { records: 9, lost: false },
    { records: 0, lost: false },
    { records: 3, lost: false },
    { records: 4, lost: false },
    { records: 0, lost: true },
    { records: 1, lost: true },
    { records: 3, lost: true },
    { records: 4, lost: true },
  ])('is whole and one, also after a crash behind $records records, Redis lost: $lost', async ({ records, lost }) => {
    const { id, facts } = ofOne(`1555041${lost ? 1 : 0}00${records}`, [...talk, end]);
    const fence = await bench.fence(1);
    const worker = bench.worker();
    for (const placed of facts.slice(0, -1)) await handle(worker, placed, fence);
    const last = facts.at(-1)!;
    await handle(bench.worker(bench.publisherEndingAfter(records)), last, fence).catch(() => undefined);
    const next = lost ? await bench.loseAndRebuild(id, 2) : await bench.fence(2);
    await handleAtLast(last, next);

    const archives = await bench.archives(id);
    expect(archives.length).toBeGreaterThan(0);
    for (const archive of archives) expect(archive).toEqual(archives[0]);
    expect(archives[0]).toMatchObject({ session: 1, omitted: 0 });
    const timeline = new Map((await bench.timeline(id)).map((entry) => [entry.sequence, entry]));
    expect(archives[0]!.entries).toEqual([...timeline.values()]);
    expect(archives[0]!.entries.map(({ kind }) => kind)).toEqual(WHOLE);
  });

  it('is there for a session that its grouping time has ended, and the next one has its own', async () => {
    const { id, facts } = ofOne('15550420000', [...talk, received('late', 80), changed('end', 'closed', 81)]);
    const fence = await bench.fence(1);
    bench.now = () => Date.now() + 100 * 60 * 60 * 1000;
    for (const placed of facts) await handle(bench.worker(), placed, fence);
    bench.now = Date.now;
    expect(
      (await bench.archives(id)).map(({ session, entries }) => [session, entries.map(({ kind }) => kind)]),
    ).toEqual([
      [1, WHOLE.slice(0, 4)],
      [2, ['session.opened', 'message.received', ...WHOLE.slice(4)]],
    ]);
  });

  it('leaves nothing behind: its entries are forgotten, and later ones are not listed', async () => {
    const { id, facts } = ofOne('15550420001', [...talk, end, receipt('m', 'failed', 4), changed('late', 'active', 5)]);
    const fence = await bench.fence(1);
    for (const placed of facts) await handle(bench.worker(), placed, fence);
    const key = entriesKey(PARTITION, id, 1);
    expect(await bench.redis.client.pttl(key)).toBeGreaterThan(0);
    expect(await bench.redis.client.llen(key)).toBe(talk.length + 1);
    expect(await bench.timeline(id)).toHaveLength(WHOLE.length + 1);
  });
});

describe('the transcript of the present session (guide 003, conversation history)', () => {
  it('has what was said, and is the same after Redis was lost', async () => {
    const { id, facts } = ofOne('15550430000', [...talk, received('b', 3)]);
    const fence = await bench.fence(1);
    for (const placed of facts) await handle(bench.worker(), placed, fence);
    const reader = new TranscriptReader(bench.redis);
    const before = await reader.read(PARTITION, id, 1);
    expect(before).toMatchObject({
      lines: [{ by: 'customer' }, { by: 'business', text: 'hi' }, { by: 'customer' }],
      omitted: 0,
    });
    await bench.loseAndRebuild(id, 2);
    expect(await reader.read(PARTITION, id, 1)).toEqual(before);
    // Once more over what is there: nothing is listed twice.
    await bench.rebuildAgain(3);
    expect(await reader.read(PARTITION, id, 1)).toEqual(before);
    expect(await reader.read(PARTITION, id, 2)).toEqual({ lines: [], omitted: 0 });
  });

  it('goes on behind what a rebuild brought back, up to its archive', async () => {
    const { id, facts } = ofOne('15550430001', [...talk, received('b', 3), end]);
    const fence = await bench.fence(1);
    for (const placed of facts.slice(0, 2)) await handle(bench.worker(), placed, fence);
    const after = await bench.loseAndRebuild(id, 2);
    for (const placed of facts.slice(2)) await handle(bench.worker(), placed, after);
    expect((await bench.archives(id)).map(({ entries, omitted }) => [entries.length, omitted])).toEqual([[8, 0]]);
  });

  it('has the newest 200 lines, and says how many went before', async () => {
    const many = Array.from({ length: 205 }, (_, index) => received(`m${index}`, index / 100));
    const { id, facts } = ofOne('15550430002', many);
    const fence = await bench.fence(1);
    const worker = bench.worker();
    for (const placed of facts) await handle(worker, placed, fence);
    const { lines, omitted } = await new TranscriptReader(bench.redis).read(PARTITION, id, 1);
    expect([lines.length, omitted, lines[0]?.sequence]).toEqual([200, 5, 7]);
  });
});
