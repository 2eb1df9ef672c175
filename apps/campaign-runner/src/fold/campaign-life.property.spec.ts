import { CAMPAIGN_ACTIONS, CampaignState, problemsOf } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  createdEvent,
  definitionOf,
  HOUR_MS,
  isoAt,
  orderEvent,
  PROGRESS,
  START,
  uploadEvent,
} from '../../test/campaign-builders.ts';
import { gateOf } from './campaign-change.ts';
import { foldOrder, type Folded } from './fold-order.ts';
import { tick, type Sight } from './tick.ts';

const REASONS = [{ code: 'template-not-approved', reason: 'it is REJECTED' }];
const DEFINITION = definitionOf({ startAt: isoAt(10 * HOUR_MS), expiresAt: isoAt(60 * HOUR_MS) });

/** One thing that happens to a campaign; each an hour behind the one before. */
type Happening =
  | { kind: 'order'; action: (typeof CAMPAIGN_ACTIONS)[number] }
  | { kind: 'again'; back: number }
  | { kind: 'upload'; accepted: number }
  | { kind: 'tick'; verdict: Sight['verdict']; isDrained: boolean };

const verdicts = fc.constantFrom<Sight['verdict']>(
  { kind: 'passes' },
  { kind: 'fails', reasons: REASONS },
  { kind: 'unknown', reason: 'it is being read' },
);
const happenings = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('order' as const), action: fc.constantFrom(...CAMPAIGN_ACTIONS) }),
    fc.record({ kind: fc.constant('again' as const), back: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant('upload' as const), accepted: fc.nat({ max: 100 }) }),
    fc.record({
      kind: fc.constant('tick' as const),
      verdict: verdicts,
      isDrained: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
  ),
  { maxLength: 80 },
);

/** Every state it has been in, the draft first. */
function lived(happened: readonly Happening[]): CampaignState[] {
  const given = [createdEvent(DEFINITION)];
  const after = (folded: Folded) => ('state' in folded ? folded.state : undefined);
  let state = after(foldOrder(undefined, given[0]!, 0))!;
  const states = [state];
  happened.forEach((one, index) => {
    const ms = index * HOUR_MS;
    const give = (event: (typeof given)[number]) => after(foldOrder(state, event, given.push(event) - 1));
    const redeliver = (offset: number) => after(foldOrder(state, given[offset]!, offset));
    const next =
      one.kind === 'order'
        ? give(orderEvent(DEFINITION, one.action, ms))
        : one.kind === 'upload'
          ? give(uploadEvent(DEFINITION, { rows: one.accepted, accepted: one.accepted }, ms))
          : one.kind === 'again'
            ? redeliver(Math.max(0, given.length - one.back))
            : tick(state, { ...sightOf(one), now: START + ms });
    if (next) states.push((state = next));
  });
  return states;
}

const sightOf = ({ verdict, isDrained }: Extract<Happening, { kind: 'tick' }>) => ({
  verdict,
  standing: { isDrained, progress: PROGRESS },
});

describe('whatever happens to a campaign', () => {
  it('each state is valid by its contract, under the next number', () => {
    fc.assert(
      fc.property(happenings, (happened) => {
        lived(happened).forEach((state, index) => {
          expect(problemsOf(CampaignState, state)).toEqual([]);
          expect(state.version).toBe(index + 1);
        });
      }),
    );
  });

  it('nothing is sent of it before its start, nor ever again once it has ended', () => {
    fc.assert(
      fc.property(happenings, (happened) => {
        const states = lived(happened);
        const ended = states.findIndex((state) => gateOf(state) === 'ended');
        states.forEach((state, index) => {
          if (ended >= 0 && index >= ended) expect(gateOf(state)).toBe('ended');
          if (Date.parse(state.at) < START + 10 * HOUR_MS) expect(gateOf(state)).not.toBe('open');
        });
        expect([-1, states.length - 1]).toContain(states.findIndex(({ state }) => state === 'finished'));
      }),
    );
  });

  it('somebody has to ask for it before it runs, and again after each time that it did not', () => {
    fc.assert(
      fc.property(happenings, (happened) => {
        const words = lived(happened).map(({ state }) => state);
        words.forEach((word, index) => {
          const before = words[index - 1];
          if (word === 'running' && before !== 'running') expect(before).toBe('checking');
          if (word === 'checking') expect(['draft', 'paused', 'halted', 'checking']).toContain(before);
        });
      }),
    );
  });
});
