import type { SessionSnapshot, TimelineEntry } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { someFacts } from '../../test/any-facts.ts';
import type { Fact } from '../fold/facts.ts';
import { contextOf } from '../../test/fold-all.ts';
import { RULES } from '../../test/fold-rules.ts';
import type { Command } from '../fold/commands.ts';
import { fold } from '../fold/fold.ts';
import type { EndedSession } from '../fold/session-life.ts';
import { ReplyRoutes } from '../fold/reply/reply-routes.ts';
import type { FoldRules } from '../fold/rules.ts';
import { replay, type PublishedEntry } from './replay.ts';

interface Step {
  fact: Fact;
  offset: number;
  before: SessionSnapshot | undefined;
  after: SessionSnapshot;
  entries: TimelineEntry[];
  commands: readonly Command[];
  archives: EndedSession | undefined;
}

const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The facts that changed something, each with what Redis and the topics held around it. */
function stepsOf(facts: readonly Fact[], rules = RULES): Step[] {
  const steps: Step[] = [];
  let before: SessionSnapshot | undefined;
  for (const [offset, fact] of facts.entries()) {
    const folded = fold(before, fact, { ...contextOf(fact, offset), rules });
    if ('skipped' in folded) continue;
    const after = stored(folded.state);
    const { commands, archives } = folded;
    steps.push({ fact, offset, before, after, entries: stored(folded.entries), commands, archives });
    before = after;
  }
  return steps;
}

function published({ fact, offset, entries }: Step, count = entries.length): PublishedEntry[] {
  const { now, position } = contextOf(fact, offset);
  const origin = `${position.topic}/0/${position.offset}`;
  return entries.slice(0, count).map((entry) => ({ entry, time: new Date(now).toISOString(), position, origin }));
}

const places = fc.record({ facts: someFacts, pick: fc.nat(), cut: fc.nat() });

describe('a rebuild', () => {
  it('completes a fact of which any part was published, under the numbers it had', () => {
    fc.assert(
      fc.property(places, ({ facts, pick, cut }) => {
        const steps = stepsOf(facts).filter(({ entries }) => entries.length > 0);
        const step = steps[pick % (steps.length || 1)];
        if (!step) return;
        const onTimeline = published(step, 1 + (cut % step.entries.length));
        const reached = replay(step.before, onTimeline, RULES)!;
        const again = fold(stored(reached.state), step.fact, contextOf(step.fact, step.offset));
        const redelivered = 'skipped' in again ? { entries: [], state: reached.state } : again;
        const all = [...onTimeline.map(({ entry }) => entry), ...reached.entries, ...redelivered.entries];
        expect(stored(all)).toEqual(step.entries);
        expect(stored(redelivered.state)).toEqual(step.after);
        const later = 'commands' in redelivered ? redelivered : { commands: [], archives: undefined };
        expect([...reached.commands, ...later.commands]).toEqual(step.commands);
        expect(reached.archives ?? later.archives).toEqual(step.archives);
      }),
    );
  });

  it('goes on behind the timeline without a gap and without a number or fact twice, however old the snapshot is', () => {
    fc.assert(
      fc.property(places, ({ facts, pick, cut }) => {
        const steps = stepsOf(facts);
        if (steps.length === 0) return;
        const upTo = pick % steps.length;
        const from = cut % (upTo + 1);
        const last = steps[upTo]!;
        const timeline = [
          ...steps.slice(0, upTo).flatMap((step) => published(step)),
          ...published(last, cut % (last.entries.length + 1)),
        ];
        const reached = replay(steps[from]!.before, timeline, RULES);
        const result = [...timeline.map(({ entry }) => entry), ...(reached?.entries ?? [])];
        let state = reached ? stored(reached.state) : steps[from]!.before;
        // Redelivery may begin anywhere before what was not finished.
        for (const { fact, offset } of steps.slice(from)) {
          const folded = fold(state, fact, contextOf(fact, offset));
          if ('skipped' in folded) continue;
          state = stored(folded.state);
          result.push(...folded.entries);
        }
        expect(result.map(({ sequence }) => sequence)).toEqual(result.map((_, index) => index + 1));
        expect(new Set(result.map(({ factId }) => factId)).size).toBe(result.length);
        for (const { fact, entries } of steps) {
          const own = entries.some(({ factId }) => factId === fact.id);
          if (own) expect(result.some(({ factId }) => factId === fact.id)).toBe(true);
        }
      }),
    );
  });

  it('keeps every number of the timeline when the rules have changed in between', () => {
    const other: FoldRules = {
      ...RULES,
      routes: new ReplyRoutes([{ tenant: 'acme', prefix: '', route: { action: 'all' } }]),
    };
    fc.assert(
      fc.property(someFacts, fc.boolean(), (facts, changedFirst) => {
        const [written, read] = changedFirst ? [other, RULES] : [RULES, other];
        const timeline = stepsOf(facts, written).flatMap((step) => published(step));
        const reached = replay(undefined, timeline, read);
        const known = new Map(timeline.map(({ entry }) => [entry.sequence, entry.factId]));
        for (const { sequence } of reached?.entries ?? []) expect(known.has(sequence)).toBe(false);
        expect(reached?.state.sequence ?? 0).toBeGreaterThanOrEqual(timeline.length);
      }),
    );
  });

  it('has nothing to do where the snapshot is as far as the timeline', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const steps = stepsOf(facts);
        expect(
          replay(
            steps.at(-1)?.after,
            steps.flatMap((step) => published(step)),
            RULES,
          ),
        ).toBeUndefined();
      }),
    );
  });
});
