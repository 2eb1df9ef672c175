import { foldConsent } from '@heliograph/consent';
import { FenceLost, Unavailable } from '@heliograph/runtime';
import { waitFor } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeDelivery, ConsentBench, subjectNamed } from '../../test/consent-bench.ts';
import { START } from '../../test/fact-builders.ts';
import { PARTITION } from '../../test/session-bench.ts';

let bench: ConsentBench;
beforeAll(async () => (bench = await ConsentBench.open()));
afterAll(() => bench.close());

type Given = ReturnType<typeof changeDelivery>;
const handle = (worker: ReturnType<ConsentBench['worker']>, given: Given) => worker.handle(given.event, given);
const forbids = (subject: string) => bench.reader.forbids({ tenant: 'acme', subject }, 'transactional');
const again = (given: Given, fence: string): Given => ({ ...given, fence });

/** Hands a change to the next owner until the publishes of the one before are out of time. */
const handleAtLast = (given: Given) =>
  waitFor(async () => (await handle(bench.worker(), given)).kind !== 'blocked', { description: 'it is handled' });

describe('a change of consent', () => {
  it('is done when its event and the state are on the topics, and shows to whoever sends', async () => {
    const subject = subjectNamed('plain');
    const fence = await bench.fence(1);
    expect(await forbids(subject)).toBeUndefined();
    const out = changeDelivery({ subject }, 0, fence);
    expect(await handle(bench.worker(), out)).toEqual({ kind: 'done' });
    const [event] = await bench.events(subject);
    expect(event?.data).toMatchObject({
      sequence: 1,
      effective: true,
      after: { all: { state: 'out', eventId: event!.id } },
    });
    expect(event?.origin).toBe(out.origin);
    expect(await bench.states(subject)).toMatchObject([{ sequence: 1, purposes: { all: { state: 'out' } } }]);
    expect(await forbids(subject)).toMatchObject({ purpose: 'all', source: 'api', eventId: event!.id });

    const back = changeDelivery({ subject, change: 'opt-in' }, 1, fence);
    await handle(bench.worker(), back);
    expect(await forbids(subject)).toBeUndefined();
    expect(await handle(bench.worker(), out)).toEqual({ kind: 'skipped', reason: 'applied-already' });
    expect((await bench.events(subject)).map(({ data }) => data.sequence)).toEqual([1, 2]);
  });

  it.each([
    { records: 0, lost: false },
    { records: 1, lost: false },
    { records: 2, lost: false },
    { records: 0, lost: true },
    { records: 1, lost: true },
    { records: 2, lost: true },
  ])(
    'is one event under one number after a crash behind $records records, Redis lost: $lost',
    async ({ records, lost }) => {
      const subject = subjectNamed(`crash ${records} ${lost}`);
      const fence = await bench.fence(1);
      await handle(bench.worker(), changeDelivery({ subject, purpose: 'marketing' }, 0, fence));
      const given = changeDelivery({ subject }, 1, fence);
      await handle(bench.worker(bench.sessions.publisherEndingAfter(records)), given).catch(() => undefined);
      if (lost) await bench.lose(given.event.data);
      const next = lost ? await bench.rebuild(2) : await bench.fence(2);
      await handleAtLast(again(given, next));
      await handleAtLast(changeDelivery({ subject, change: 'opt-in' }, 2, next));

      const events = await bench.events(subject);
      const distinct = new Map(events.map((event) => [event.id, event.data]));
      for (const { id, data } of events) expect(data).toEqual(distinct.get(id));
      expect([...distinct.values()].map(({ sequence, change }) => [sequence, change])).toEqual([
        [1, 'opt-out'],
        [2, 'opt-out'],
        [3, 'opt-in'],
      ]);
      const states = await bench.states(subject);
      expect(states.at(-1)).toMatchObject({
        sequence: 3,
        purposes: { all: { state: 'in' }, marketing: { state: 'in' } },
      });
      expect(states.map(({ sequence }) => sequence)).toEqual(states.map(({ sequence }) => sequence).toSorted());
    },
  );

  it('cannot be made by an earlier owner, and waits while one may still be publishing', async () => {
    const subject = subjectNamed('zombie');
    const old = await bench.fence(1);
    const stuck = bench.worker(bench.sessions.publisherEndingAfter(0));
    await expect(handle(stuck, changeDelivery({ subject }, 0, old))).rejects.toBeInstanceOf(Unavailable);
    const fence = await bench.fence(2);
    const given = changeDelivery({ subject, change: 'opt-in' }, 1, fence);
    expect((await handle(bench.worker(), given)).kind).toBe('blocked');
    await expect(handle(bench.worker(), changeDelivery({ subject }, 1, old))).rejects.toBeInstanceOf(FenceLost);
    await handleAtLast(given);
    expect((await bench.events(subject)).map(({ data }) => data.sequence)).toEqual([1, 2]);
  });
});

describe('a clear that comes late', () => {
  /** A change that is written and not published, as the fold leaves it before it publishes. */
  async function written(subject: string, fence: string) {
    const { event: command } = changeDelivery({ subject }, 0, fence);
    const folded = foldConsent(undefined, command, { offset: 0, now: START });
    if ('skipped' in folded) throw new Error(folded.skipped);
    const { state, event, eventId } = folded;
    const cause = { eventId, stateId: eventId, time: new Date(START).toISOString(), origin: 'spec/0/0' };
    const since = await bench.store().write(PARTITION, fence, undefined, { state, event, cause });
    return { state, since };
  }

  it('leaves what its successor publishes again, so that the next owner waits for that publish', async () => {
    const of = { tenant: 'acme', subject: subjectNamed('late clear') };
    const store = bench.store();
    const first = await bench.fence(1);
    const { state, since } = await written(of.subject, first);
    const second = await bench.fence(2);
    const takenOver = async () => (await store.take(PARTITION, second, of)).kind === 'pending';
    await waitFor(takenOver, { description: 'the first publisher is out of time' });
    await store.clear(PARTITION, first, state, since);
    expect((await store.take(PARTITION, await bench.fence(3), of)).kind).not.toBe('free');
  });

  it('leaves what its own worker publishes once more', async () => {
    const of = { tenant: 'acme', subject: subjectNamed('own late clear') };
    const store = bench.store();
    const fence = await bench.fence(1);
    const { state, since } = await written(of.subject, fence);
    const takenAgain = async () => {
      const taken = await store.take(PARTITION, fence, of);
      return taken.kind === 'pending' && taken.since > since;
    };
    await waitFor(takenAgain, { description: 'the clock of Redis goes on' });
    await store.clear(PARTITION, fence, state, since);
    expect((await store.take(PARTITION, fence, of)).kind).toBe('pending');
  });
});

describe('after Redis was lost', () => {
  it('where a contact stands is not known until it was brought back, whatever was never said', async () => {
    const subject = subjectNamed('lost');
    await handle(bench.worker(), changeDelivery({ subject }, 0, await bench.fence(1)));
    await bench.lose({ tenant: 'acme', subject });
    expect(await forbids(subject)).toBe('unknown');
    expect(await forbids(subjectNamed('nobody'))).toBe('unknown');
    await bench.rebuild(2);
    expect(await forbids(subject)).toMatchObject({ purpose: 'all' });
    expect(await forbids(subjectNamed('nobody'))).toBeUndefined();
  });

  it('an opt-out that was given and is not folded yet counts, with the id its event will have', async () => {
    const subject = subjectNamed('tail');
    const given = changeDelivery({ subject }, 100, '');
    await bench.give(given);
    await bench.lose({ tenant: 'acme', subject });
    const fence = await bench.rebuild(3);
    const early = await forbids(subject);
    expect(early).toMatchObject({ purpose: 'all', since: given.event.data.at });
    await handleAtLast(again(given, fence));
    expect(await forbids(subject)).toEqual({ ...(early as object), source: 'api' });
  });
});

describe('a STOP that the fold of its conversation saw', () => {
  const stop = (ms: number, name = 'x') => ({
    at: START + ms,
    changeId: `00000000-0000-4000-8000-00000000000${name.length}`,
  });

  it('counts before the consent’s own fold has it; the latest moment stays, in whatever order', async () => {
    const subject = subjectNamed('early');
    await bench.fence(1);
    for (const ms of [5, 9, 2]) await bench.sessions.stops().remember({ tenant: 'acme', subject }, stop(ms));
    expect(await forbids(subject)).toMatchObject({ since: new Date(START + 9).toISOString(), source: 'keyword' });
  });

  it('does not outlive a later yes', async () => {
    const subject = subjectNamed('early yes');
    await bench.sessions.stops().remember({ tenant: 'acme', subject }, stop(0));
    await handle(bench.worker(), changeDelivery({ subject, change: 'opt-in' }, 1, await bench.fence(1)));
    expect(await forbids(subject)).toBeUndefined();
  });
});
