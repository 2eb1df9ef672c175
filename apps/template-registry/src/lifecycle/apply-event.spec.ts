import { describe, expect, it } from '@jest/globals';
import type { TemplateChanged, TemplateState, TemplateStep } from '@heliograph/contracts';
import fc from 'fast-check';
import { applyEvent } from './apply-event.ts';

const KEY = { tenant: 'acme', account: 'acme-genesys', name: 'order_shipped', language: 'en_US' };
const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 9, minute)).toISOString();
const RECEIVED = at(59);

const state = (status: TemplateState['status'], ...history: TemplateStep[]): TemplateState => ({
  ...KEY,
  status,
  category: 'UTILITY',
  providerTemplateId: 'tpl-1',
  parameterCount: 0,
  checkedAt: history.at(-1)?.at ?? at(0),
  ...(history.length > 0 && { history }),
});
const event = (minute: number, over: Partial<TemplateChanged>): TemplateChanged => ({
  ...KEY,
  at: at(minute),
  ...over,
});
const approved = (minute: number, source: TemplateStep['source']): TemplateState =>
  state('APPROVED', { status: 'APPROVED', at: at(minute), source });

describe('an event about a template (guide 001, section 2)', () => {
  it('changes the status with its reason, and is the last step of the history, at the moment the provider named', () => {
    const rejected = event(5, { status: 'REJECTED', reason: 'POLICY_VIOLATION' });
    expect(applyEvent(approved(1, 'webhook'), rejected, RECEIVED)).toEqual({
      state: {
        ...approved(1, 'webhook'),
        status: 'REJECTED',
        rejectionReason: 'POLICY_VIOLATION',
        checkedAt: RECEIVED,
        history: [
          { status: 'APPROVED', at: at(1), source: 'webhook' },
          { status: 'REJECTED', at: at(5), source: 'webhook', reason: 'POLICY_VIOLATION' },
        ],
      },
    });
  });

  it('that is older than one that was applied is void', () => {
    expect(applyEvent(approved(5, 'webhook'), event(4, { status: 'PENDING' }), RECEIVED)).toEqual({});
    expect(applyEvent(approved(5, 'webhook'), event(4, { quality: 'RED' }), RECEIVED)).toEqual({});
  });

  it('changes nothing the second time', () => {
    const rejected = event(5, { status: 'REJECTED' });
    const once = applyEvent(approved(1, 'webhook'), rejected, RECEIVED).state!;
    expect(applyEvent(once, rejected, RECEIVED)).toEqual({});
  });

  it('with a status that nobody knows makes the template one that may not be sent', () => {
    const { state: next } = applyEvent(approved(1, 'webhook'), event(5, { status: 'FLAGGED' }), RECEIVED);
    expect(next).toMatchObject({ status: 'DISABLED', rejectionReason: 'the provider calls it FLAGGED' });
  });

  it('about a template that we have just submitted counts, whatever the clocks say', () => {
    const pending = state('PENDING', { status: 'PENDING', at: at(5), source: 'submission' });
    expect(applyEvent(pending, event(4, { status: 'APPROVED' }), RECEIVED).state).toMatchObject({ status: 'APPROVED' });
  });

  it('from before a reading that says otherwise takes a template out of use at once, and asks for another reading', () => {
    const result = applyEvent(approved(5, 'reading'), event(4, { status: 'REJECTED' }), RECEIVED);
    expect(result).toMatchObject({ doubtful: true, state: { status: 'REJECTED' } });
  });

  it('from before a reading that says otherwise puts no template into use, and asks for another reading', () => {
    const rejected = state('REJECTED', { status: 'REJECTED', at: at(5), source: 'reading' });
    expect(applyEvent(rejected, event(4, { status: 'APPROVED' }), RECEIVED)).toEqual({ doubtful: true });
  });

  it('about a template that nobody knows asks for a reading', () => {
    expect(applyEvent(undefined, event(5, { status: 'APPROVED' }), RECEIVED)).toEqual({ doubtful: true });
  });

  it('about quality or category changes those alone: what is absent has not changed', () => {
    const { state: next } = applyEvent(approved(1, 'webhook'), event(5, { quality: 'YELLOW' }), RECEIVED);
    expect(next).toEqual({ ...approved(1, 'webhook'), quality: 'YELLOW', checkedAt: RECEIVED });
    expect(applyEvent(next, event(6, { quality: 'YELLOW' }), RECEIVED)).toEqual({});
  });

  it('is compared by its moment, whether the provider writes fractions and offsets or not', () => {
    const same = event(0, { status: 'REJECTED', at: '2026-03-02T10:05:00+01:00' });
    expect(applyEvent(approved(6, 'webhook'), same, RECEIVED)).toEqual({});
    expect(applyEvent(approved(4, 'webhook'), same, RECEIVED).state).toMatchObject({ status: 'REJECTED' });
  });

  it('ends, with others in any order and repeated, in what the provider told last', () => {
    const statuses = fc.constantFrom('PENDING', 'IN_REVIEW', 'APPROVED', 'REJECTED', 'PAUSED', 'DISABLED');
    const told = fc.uniqueArray(fc.record({ minute: fc.integer({ min: 2, max: 40 }), status: statuses }), {
      minLength: 1,
      maxLength: 6,
      selector: ({ minute }) => minute,
    });
    const arrivals = told.chain((events) =>
      fc.tuple(fc.constant(events), fc.array(fc.constantFrom(...events), { maxLength: 12 })),
    );
    fc.assert(
      fc.property(arrivals, ([events, repeats]) => {
        let now = state('PENDING', { status: 'PENDING', at: at(1), source: 'submission' });
        for (const { minute, status } of [...repeats, ...events]) {
          now = applyEvent(now, event(minute, { status }), RECEIVED).state ?? now;
        }
        const last = events.reduce((a, b) => (a.minute > b.minute ? a : b));
        expect(now.status).toBe(last.status);
      }),
    );
  });
});
