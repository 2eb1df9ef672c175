import { ERASED, TOPICS } from '@heliograph/contracts';
import { TranscriptReader, windowKey } from '@heliograph/conversations';
import { Unavailable } from '@heliograph/runtime';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changed, ofContact, partiesOfContact, received, sent } from '../../test/fact-builders.ts';
import { erased, held } from '../../test/lifecycle-facts.ts';
import { newestOf, wholeRedis } from '../../test/whole-state.ts';
import { deliveryOf, PARTITION, SessionBench } from '../../test/session-bench.ts';
import type { Fact } from '../fold/facts.ts';
import type { SessionsService } from '../sessions/sessions.service.ts';

const MARK = 'my secret is 4711';
const said = { content: { type: 'text', text: MARK } } as const;
/** A session that is archived, and one that is open and holds a message. */
const talk = [
  received('a', 0, said),
  sent('m', 1, said),
  changed('end', 'closed', 2),
  received('b', 3, said),
  held('h', 4),
];
const erasure = erased(5);
const STATE_TOPICS = [TOPICS.conversationSession, TOPICS.conversationArchive];

let bench: SessionBench;
let offset = 0;
beforeAll(async () => (bench = await SessionBench.open()));
afterAll(() => bench.close());

/** The facts of one contact, each with the place it was read at. */
function ofOne(contact: string, facts: readonly Fact[]) {
  const { conversationId } = partiesOfContact(contact);
  return { id: conversationId, facts: facts.map((fact) => ({ fact: ofContact(contact, fact), offset: offset++ })) };
}
type Placed = ReturnType<typeof ofOne>['facts'][number];

const handle = (worker: SessionsService, { fact, offset: at }: Placed, fence: string) =>
  worker.handle(fact, deliveryOf(fact, at, fence));

const handleAtLast = (placed: Placed, fence: string) =>
  waitFor(async () => (await handle(bench.worker(), placed, fence)).kind !== 'blocked', {
    description: 'it is handled',
  });

/** Everything that says something of the contact, in every key of Redis and in the newest record of every key that is kept for good. */
async function traces(contact: string): Promise<string[]> {
  const kept = [await wholeRedis(bench), await newestOf(bench, STATE_TOPICS)].flat();
  return kept.filter(
    (text) =>
      text.includes(contact) || (text.includes(MARK) && text.includes(partiesOfContact(contact).conversationId)),
  );
}

describe('an erased contact', () => {
  it('is in no key of Redis and in no state topic any more, and neither is a word of theirs', async () => {
    const contact = '15550450000';
    const { id, facts } = ofOne(contact, [...talk, erasure]);
    const fence = await bench.fence(1);
    const worker = bench.worker();
    for (const placed of facts.slice(0, -1)) await handle(worker, placed, fence);
    // What is to be found is found: the states, the entries of two sessions, the archive, the snapshot.
    expect((await traces(contact)).length).toBeGreaterThan(3);
    await handle(worker, facts.at(-1)!, fence);
    expect(await traces(contact)).toEqual([]);
    expect((await wholeRedis(bench)).join()).not.toContain(MARK);
    expect(await bench.redis.client.exists(windowKey(PARTITION, id))).toBe(0);
    expect(await new TranscriptReader(bench.redis).read(PARTITION, id, 2)).toMatchObject({ lines: [] });
    expect((await bench.snapshots(id)).at(-1)).toMatchObject({ contact: ERASED, session: 2, state: 'closed' });
  });

  // Records: the entry, the snapshot; the archives that go are no events.
  it.each([0, 1, 2].flatMap((records) => [false, true].map((lost) => ({ records, lost }))))(
    'stays erased after a crash behind $records records, Redis lost: $lost',
    async ({ records, lost }) => {
      const contact = `1555046${lost ? 1 : 0}00${records}`;
      const { id, facts } = ofOne(contact, [...talk, erasure]);
      const fence = await bench.fence(1);
      for (const placed of facts.slice(0, -1)) await handle(bench.worker(), placed, fence);
      const dying = handle(bench.worker(bench.publisherEndingAfter(records)), facts.at(-1)!, fence);
      if (records === 2) await dying;
      else await expect(dying).rejects.toBeInstanceOf(Unavailable);
      const next = lost ? await bench.loseAndRebuild(id, 2) : await bench.fence(2);
      await handleAtLast(facts.at(-1)!, next);
      expect(await traces(contact)).toEqual([]);
      const told = (await bench.timeline(id)).filter(({ kind }) => kind === 'contact.erased');
      expect(new Set(told.map(({ sequence, factId }) => `${sequence} ${factId}`)).size).toBe(1);
    },
  );

  it('does not come back with a rebuild, although the timeline still has all of it; nor do former words when they write again', async () => {
    const contact = '15550470000';
    const { id, facts } = ofOne(contact, [...talk, erasure, received('again', 6)]);
    const fence = await bench.fence(1);
    for (const placed of facts.slice(0, -1)) await handle(bench.worker(), placed, fence);
    expect(JSON.stringify(await bench.timeline(id))).toContain(MARK);
    const rebuilt = await bench.loseAndRebuild(id, 2);
    expect(await traces(contact)).toEqual([]);

    await handle(bench.worker(), facts.at(-1)!, rebuilt);
    const again = await bench.loseAndRebuild(id, 3);
    expect(await new TranscriptReader(bench.redis).read(PARTITION, id, 3)).toMatchObject({
      lines: [{ text: 'hello' }],
    });
    expect((await wholeRedis(bench)).join()).not.toContain(MARK);
    const before = (await bench.timeline(id)).at(-1)!.sequence;
    const [more] = ofOne(contact, [received('more', 7)]).facts;
    await handle(bench.worker(), more!, again);
    expect((await bench.timeline(id)).at(-1)).toMatchObject({ sequence: before + 1, session: 3, contact });
  });
});
