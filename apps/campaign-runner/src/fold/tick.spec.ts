import type { CampaignEnd, CampaignReason, CampaignState } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { definitionOf, HOUR_MS, isoAt, PROGRESS, START, stateOf } from '../../test/campaign-builders.ts';
import type { PreflightVerdict } from '../preflight/preflight.ts';
import { gateOf } from './campaign-change.ts';
import { tick, type Sight } from './tick.ts';

const REASONS: CampaignReason[] = [
  { code: 'template-not-approved', reason: 'template "spring_sale" (en) is REJECTED' },
];
const VERDICTS: Record<PreflightVerdict['kind'], PreflightVerdict> = {
  passes: { kind: 'passes' },
  fails: { kind: 'fails', reasons: REASONS },
  unknown: { kind: 'unknown', reason: 'template.state.v1 is still being read' },
};
const definition = definitionOf({ startAt: isoAt(2 * HOUR_MS) });
const [BEFORE, STARTED, OVER] = [START + HOUR_MS, START + 2 * HOUR_MS, START + 24 * HOUR_MS];

const sight = (now: number, verdict: keyof typeof VERDICTS, isDrained?: boolean): Sight => ({
  now,
  verdict: VERDICTS[verdict],
  ...(isDrained !== undefined && { standing: { isDrained, progress: PROGRESS } }),
});
const told = (after: CampaignState | undefined): string => {
  if (!after) return 'stays';
  const codes = after.reasons.map(({ code }) => code).join(' ');
  return [after.state, after.end ?? (after.ending && `ending ${after.ending}`), codes].filter(Boolean).join(' ');
};

describe('a campaign to which time passes', () => {
  it.each([
    // What a campaign needs is looked at before its start and told early; it starts, or is halted, when its time has come.
    ['checking', BEFORE, 'passes', 'checking before-start'],
    ['checking', BEFORE, 'fails', 'checking before-start template-not-approved'],
    ['checking', BEFORE, 'unknown', 'checking before-start'],
    ['checking', STARTED, 'passes', 'running'],
    ['checking', STARTED, 'fails', 'halted template-not-approved'],
    ['checking', STARTED, 'unknown', 'checking not-known'],
    ['running', STARTED, 'passes', 'stays'],
    ['running', STARTED, 'fails', 'halted template-not-approved'],
    ['running', STARTED, 'unknown', 'stays'],
    // Only people start, or go on with it.
    ['draft', STARTED, 'passes', 'stays'],
    ['paused', STARTED, 'passes', 'stays'],
    ['paused', STARTED, 'fails', 'stays'],
    ['halted', STARTED, 'passes', 'stays'],
    ['finished', OVER, 'fails', 'stays'],
    // Nothing is sent when its time is over.
    ['draft', OVER, 'passes', 'finished expired'],
    ['checking', OVER, 'passes', 'checking ending expired'],
    ['running', OVER, 'fails', 'running ending expired'],
    ['paused', OVER, 'passes', 'paused ending expired'],
    ['halted', OVER, 'fails', 'halted ending expired'],
  ] as const)('in %s at %d, what it needs: %s → %s', (state, now, verdict, expected) => {
    const before = stateOf({ definition, state });
    const after = tick(before, sight(now, verdict));
    expect(told(after)).toBe(expected);
    if (after) expect(after).toMatchObject({ version: before.version + 1, at: new Date(now).toISOString() });
  });

  it.each<[CampaignState['state'], CampaignEnd | undefined, string]>([
    ['running', undefined, 'finished completed'],
    ['paused', undefined, 'finished completed'],
    ['halted', undefined, 'finished completed'],
    ['running', 'cancelled', 'finished cancelled'],
    ['paused', 'expired', 'finished expired'],
    ['draft', undefined, 'stays'],
  ])('of which nothing is to be done, in %s ending %s → %s', (state, ending, expected) => {
    const before = stateOf({ definition, state, ...(ending && { ending }) });
    const after = tick(before, sight(STARTED, 'passes', true));
    expect(told(after)).toBe(expected);
    if (after) expect([after.progress, after.ending]).toEqual([PROGRESS, undefined]);
    expect(told(tick(before, sight(STARTED, 'passes', false)))).toBe('stays');
  });

  it('is told of what it waits for once, as long as that is the same', () => {
    const before = stateOf({ definition, state: 'checking' });
    const waiting = tick(before, sight(BEFORE, 'passes'))!;
    expect(waiting.reasons[0]!.reason).toBe(`it starts at ${definition.startAt}`);
    expect(waiting.since).toBe(before.since);
    expect(tick(waiting, sight(BEFORE + 1, 'passes'))).toBeUndefined();
    expect(told(tick(waiting, sight(BEFORE + 1, 'fails')))).toBe('checking before-start template-not-approved');
  });

  it('shows why it was halted in its history', () => {
    const halted = tick(stateOf({ definition, state: 'running' }), sight(STARTED, 'fails'))!;
    expect(halted.history.at(-1)).toEqual({ state: 'halted', at: isoAt(2 * HOUR_MS), code: 'template-not-approved' });
  });

  it('keeps reasons within what its contract allows', () => {
    const reasons = Array.from({ length: 30 }, (_, n) => ({ code: `code-${n}`, reason: 'x'.repeat(2_000) }));
    const after = tick(stateOf({ definition, state: 'running' }), {
      now: STARTED,
      verdict: { kind: 'fails', reasons },
    })!;
    expect([after.reasons.length, after.reasons[0]!.reason.length]).toEqual([20, 1_000]);
  });
});

describe('the gate of a campaign', () => {
  it.each([
    ['draft', undefined, 'shut'],
    ['checking', undefined, 'shut'],
    ['running', undefined, 'open'],
    ['paused', undefined, 'shut'],
    ['halted', undefined, 'shut'],
    ['running', 'cancelled', 'ended'],
    ['paused', 'expired', 'ended'],
    ['finished', undefined, 'ended'],
  ] as const)('in %s ending %s is %s', (state, ending, word) => {
    expect(gateOf({ state, ending })).toBe(word);
  });
});
