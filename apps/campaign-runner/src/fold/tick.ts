import { isDeepStrictEqual } from 'node:util';
import type { CampaignReason, CampaignState } from '@heliograph/contracts';
import type { CampaignStanding } from '@heliograph/campaigns';
import type { PreflightVerdict } from '../preflight/preflight.ts';
import { changed, endingAs, finishedAs, movedTo, neverStarted, withinLimits } from './campaign-change.ts';

/** What is seen at one moment. */
export interface Sight {
  /** Milliseconds. */
  readonly now: number;
  readonly verdict: PreflightVerdict;
  /** Absent: not looked at. */
  readonly standing?: CampaignStanding | undefined;
}

/** Where a campaign goes by itself; undefined when it stays. Pure. */
export function tick(before: CampaignState, { now, verdict, standing }: Sight): CampaignState | undefined {
  const { state, ending, definition } = before;
  if (state === 'finished') return undefined;
  const occasion = { at: new Date(now).toISOString() };
  if (state !== 'draft' && standing?.isDrained)
    return finishedAs(before, ending ?? 'completed', standing.progress, occasion);
  if (ending !== undefined) return undefined;
  if (now >= Date.parse(definition.expiresAt)) {
    const isDraft = state === 'draft';
    if (!isDraft) return endingAs(before, 'expired', occasion);
    return finishedAs(before, 'expired', neverStarted(before.uploads.accepted, 'expired'), occasion);
  }
  if (state === 'checking') return checked(before, { now, verdict });
  if (state === 'running' && verdict.kind === 'fails') return movedTo(before, 'halted', occasion, verdict.reasons);
  return undefined;
}

/** Until its start has come it is told early what is missing; then it starts, or is halted. */
function checked(before: CampaignState, { now, verdict }: Pick<Sight, 'now' | 'verdict'>): CampaignState | undefined {
  const { startAt } = before.definition;
  const at = new Date(now).toISOString();
  const found = verdict.kind === 'fails' ? verdict.reasons : [];
  if (startAt !== undefined && now < Date.parse(startAt)) return waiting(before, at, [beforeStart(startAt), ...found]);
  switch (verdict.kind) {
    case 'passes':
      return movedTo(before, 'running', { at });
    case 'fails':
      return movedTo(before, 'halted', { at }, found);
    case 'unknown':
      return waiting(before, at, [
        { code: 'not-known', reason: `what it needs cannot be looked at: ${verdict.reason}` },
      ]);
  }
}

const beforeStart = (startAt: string): CampaignReason => ({
  code: 'before-start',
  reason: `it starts at ${startAt}`,
});

function waiting(before: CampaignState, at: string, found: readonly CampaignReason[]): CampaignState | undefined {
  const reasons = withinLimits(found);
  return isDeepStrictEqual(reasons, before.reasons) ? undefined : changed(before, at, { reasons });
}
