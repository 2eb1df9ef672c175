import { EVENTS, problemsOf, type ConsentChange, type ConsentState } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { foldConsent, type GivenChange } from './consent-fold.ts';
import { forbids, sayForbidden } from './forbids.ts';

const START = Date.parse('2026-03-02T09:00:00Z');
const NOW = START + 1_000_000;
const SUBJECT = 'S'.repeat(43);

const data = (over: Partial<ConsentChange> = {}): ConsentChange => ({
  tenant: 'acme',
  subject: SUBJECT,
  change: 'opt-out',
  purpose: 'all',
  source: 'keyword',
  evidence: { id: 'fact-1', keyword: 'STOP' },
  at: new Date(START).toISOString(),
  ...over,
});
const after = (ms: number): string => new Date(START + ms).toISOString();

function foldAll(changes: readonly Partial<ConsentChange>[]): ConsentState | undefined {
  return foldGiven(changes.map((change, index) => ({ id: uuid(index), data: data(change) })));
}

function foldGiven(given: readonly GivenChange[]): ConsentState | undefined {
  let state: ConsentState | undefined;
  for (const [offset, change] of given.entries()) {
    const folded = foldConsent(state, change, { offset, now: NOW });
    if ('skipped' in folded) continue;
    expect(problemsOf(EVENTS.consentChanged.data!, folded.event)).toEqual([]);
    expect(problemsOf(EVENTS.consentState.data!, folded.state)).toEqual([]);
    ({ state } = folded);
  }
  return state;
}

const uuid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const words = (state: ConsentState | undefined) => [state?.purposes.all.state, state?.purposes.marketing.state];

describe('where a contact stands', () => {
  it.each<[string, Partial<ConsentChange>[], string[]]>([
    ['an opt-out', [{}], ['out', 'unknown']],
    ['of marketing', [{ purpose: 'marketing' }], ['unknown', 'out']],
    ['a later opt-in', [{}, { change: 'opt-in', at: after(1) }], ['in', 'in']],
    ['an earlier opt-in that comes later', [{ at: after(1) }, { change: 'opt-in' }], ['out', 'in']],
    ['both at the same moment', [{}, { change: 'opt-in' }], ['out', 'in']],
    ['the other way round', [{ change: 'opt-in' }, {}], ['out', 'in']],
    ['an opt-in of marketing', [{}, { change: 'opt-in', purpose: 'marketing', at: after(1) }], ['out', 'in']],
    ['a yes to everything', [{ purpose: 'marketing' }, { change: 'opt-in', at: after(1) }], ['in', 'in']],
    ['an erasure', [{}, { change: 'erase', at: after(1) }], ['out', 'unknown']],
    ['a yes of somebody who never said no', [{ change: 'opt-in', onlyIfOut: true }], [undefined, undefined] as never],
    ['a yes after a no', [{}, { change: 'opt-in', onlyIfOut: true, at: after(1) }], ['in', 'in']],
  ])('is known after %s', (_, changes, expected) => {
    expect(words(foldAll(changes))).toEqual(expected);
  });

  it('is the same in whatever order the words arrive', () => {
    const change = fc.record({
      change: fc.constantFrom('opt-out' as const, 'opt-in' as const),
      purpose: fc.constantFrom('all' as const, 'marketing' as const),
      at: fc.nat(5).map(after),
    });
    const shuffled = fc
      .array(change, { minLength: 1, maxLength: 8 })
      .chain((changes) => fc.tuple(fc.constant(changes), fc.shuffledSubarray(changes, { minLength: changes.length })));
    const moments = (state: ConsentState | undefined) =>
      [state?.purposes.all, state?.purposes.marketing].map((p) => [p?.state, p?.at]);
    fc.assert(
      fc.property(shuffled, ([changes, other]) => expect(moments(foldAll(other))).toEqual(moments(foldAll(changes)))),
    );
  });

  it('holds the latest word though it says nothing new, so that an opt-in in between changes nothing', () => {
    const state = foldAll([{}, { at: after(3) }, { change: 'opt-in', at: after(2) }]);
    expect(state?.purposes.all).toMatchObject({ state: 'out', at: after(3) });
    expect(state?.history.map(({ effective }) => effective)).toEqual([true, false, true]);
  });

  it('takes a moment in the future for now: it keeps no later word out', () => {
    const state = foldAll([{ at: '2999-01-01T00:00:00Z' }]);
    expect(state?.purposes.all.at).toBe(new Date(NOW).toISOString());
  });

  it('is not changed by a record that comes again, nor by the same change in another record', () => {
    const given = { id: uuid(1), data: data() };
    const first = foldConsent(undefined, given, { offset: 7, now: NOW });
    if ('skipped' in first) throw new Error(first.skipped);
    expect(foldConsent(first.state, given, { offset: 7, now: NOW })).toEqual({ skipped: 'applied-already' });
    expect(foldConsent(first.state, given, { offset: 8, now: NOW })).toEqual({ skipped: 'repeated-change' });
  });

  it('numbers its events without gaps and keeps the last 50 of them', () => {
    const state = foldAll(Array.from({ length: 60 }, (_, n) => ({ at: after(n) })));
    expect([state?.sequence, state?.history.length, state?.recent.length]).toEqual([60, 50, 32]);
  });
});

describe('what forbids a message', () => {
  const out = foldAll([{}])!.purposes;
  it('is an opt-out of everything, for every class', () => {
    expect(forbids(out, undefined, 'transactional')).toMatchObject({
      purpose: 'all',
      since: after(0),
      source: 'keyword',
    });
    expect(forbids(out, undefined, 'campaign')).toMatchObject({ purpose: 'all' });
  });

  it('is an opt-out of marketing, for campaigns alone', () => {
    const { purposes } = foldAll([{ purpose: 'marketing' }])!;
    expect(forbids(purposes, undefined, 'transactional')).toBeUndefined();
    expect(forbids(purposes, undefined, 'campaign')).toMatchObject({ purpose: 'marketing' });
  });

  it('is a STOP that the fold does not have yet, unless a later yes is known', () => {
    const stop = (ms: number) => ({ at: START + ms, changeId: uuid(1) });
    const { purposes } = foldAll([{ change: 'opt-in', at: after(5) }])!;
    expect(forbids(undefined, stop(0), 'transactional')).toMatchObject({ purpose: 'all', source: 'keyword' });
    expect(forbids(purposes, stop(4), 'transactional')).toBeUndefined();
    expect(forbids(purposes, stop(5), 'transactional')).toBeDefined();
    expect(forbids(purposes, stop(6), 'transactional')).toBeDefined();
  });

  it('is nothing where nobody has said anything', () => {
    expect(forbids(undefined, undefined, 'campaign')).toBeUndefined();
  });

  it('is said in one sentence', () => {
    expect(sayForbidden(forbids(out, undefined, 'campaign')!)).toBe(
      `the contact has opted out of everything on ${after(0)}, told by a keyword`,
    );
  });
});
