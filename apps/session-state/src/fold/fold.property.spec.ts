import { REPORTED_STATUSES } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { someFacts as facts } from '../../test/any-facts.ts';
import { receipt, sent } from '../../test/fact-builders.ts';
import type { Fact } from './facts.ts';
import { contextOf, foldAll } from '../../test/fold-all.ts';
import { RULES } from '../../test/fold-rules.ts';
import { nextDeadline } from './deadline/deadlines.ts';
import { fold } from './fold.ts';

const aReceipt = fc
  .record({ status: fc.constantFrom(...REPORTED_STATUSES), hours: fc.integer({ min: 0, max: 20 }) })
  .map(({ status, hours }) => receipt('m', status, hours));

describe('any sequence of facts', () => {
  it('ends in the same message status whatever the order, number and place of the receipts', () => {
    const runs = fc.array(aReceipt, { maxLength: 8 }).chain((receipts) =>
      fc.record({
        inOrder: fc.constant(receipts),
        shuffled: fc.shuffledSubarray(receipts, { minLength: receipts.length }),
        repeated: fc.array(receipts.length > 0 ? fc.constantFrom(...receipts) : aReceipt, {
          maxLength: receipts.length,
        }),
        sendAt: fc.nat({ max: 16 }),
      }),
    );
    fc.assert(
      fc.property(runs, ({ inOrder, shuffled, repeated, sendAt }) => {
        const mixed = [...shuffled, ...(inOrder.length > 0 ? repeated : [])];
        const straight = foldAll([sent('m', 0), ...inOrder]);
        const other = foldAll([...mixed.slice(0, sendAt), sent('m', 0), ...mixed.slice(sendAt)]);
        expect(other.state?.messages[0]?.status).toBe(straight.state?.messages[0]?.status);
        expect(other.state?.earlyReceipts).toEqual([]);
      }),
    );
  });

  it('numbers its entries from 1 without gaps, each fact once, sessions rising by one', () => {
    fc.assert(
      fc.property(facts, (sequenceOfFacts) => {
        const { entries, state } = foldAll(sequenceOfFacts);
        expect(entries.map((entry) => entry.sequence)).toEqual(entries.map((_, index) => index + 1));
        expect(new Set(entries.map((entry) => entry.factId)).size).toBe(entries.length);
        expect(state?.sequence ?? 0).toBe(entries.length);
        let session = 0;
        for (const entry of entries) {
          if (entry.kind === 'session.opened') session++;
          expect(entry.session).toBe(session);
        }
      }),
    );
  });

  it('goes through the stages one by one, from opened to closed in every session, and the state says where it is', () => {
    fc.assert(
      fc.property(facts, (sequenceOfFacts) => {
        const { entries, state } = foldAll(sequenceOfFacts);
        let stage = 'closed';
        for (const { kind, fact } of entries) {
          if (kind === 'session.opened') stage = 'opened';
          if (kind === 'session.closed') expect(stage).toBe('closed');
          if (kind !== 'session.stage-changed') continue;
          expect(fact.from).toBe(stage);
          stage = String(fact.to);
          expect(stage).not.toBe(fact.from);
        }
        if (state) expect(state.stage).toBe(stage);
        if (state) expect(state.stage === 'closed').toBe(state.state === 'closed');
      }),
    );
  });

  it('waits for a deadline in every session that is open, and in none that is closed but for what it holds', () => {
    fc.assert(
      fc.property(facts, (sequenceOfFacts) => {
        const { state } = foldAll(sequenceOfFacts);
        if (!state) return;
        const waits = nextDeadline(state, RULES.deadlines) !== undefined;
        expect(waits).toBe(state.state === 'open' || (state.held ?? []).length > 0);
      }),
    );
  });

  it('gives each command once, with an id of its own', () => {
    fc.assert(
      fc.property(facts, (sequenceOfFacts) => {
        const { commands } = foldAll([...sequenceOfFacts, ...sequenceOfFacts]);
        expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
      }),
    );
  });

  it('changes nothing when a record is delivered again at any later time', () => {
    fc.assert(
      fc.property(facts, fc.nat(), (sequenceOfFacts, pick) => {
        const { state } = foldAll(sequenceOfFacts);
        if (state === undefined) return;
        const index = pick % sequenceOfFacts.length;
        const again = sequenceOfFacts[index] as Fact;
        // What was skipped says nothing new later either; what was folded is known by its offset or its id.
        expect(fold(state, again, contextOf(again, index))).toHaveProperty('skipped');
      }),
    );
  });

  it('keeps a closed session closed until an activity opens the next one', () => {
    fc.assert(
      fc.property(facts, (sequenceOfFacts) => {
        let open = false;
        for (const entry of foldAll(sequenceOfFacts).entries) {
          if (entry.kind === 'session.opened') open = true;
          else if (entry.kind === 'session.closed') {
            expect(open).toBe(true);
            open = false;
          } else if (entry.kind === 'message.received') expect(open).toBe(true);
        }
      }),
    );
  });
});
