import type {
  CampaignEnd,
  CampaignProgress,
  CampaignReason,
  CampaignState,
  CampaignStateWord,
  CampaignStep,
} from '@heliograph/contracts';
import type { GateWord } from '@heliograph/campaigns';

const MOST_STEPS = 50;
const MOST_REASONS = 20;
const LONGEST_REASON = 1_000;

/** By whom and when. */
export interface Occasion {
  /** ISO 8601. */
  readonly at: string;
  /** Name of the API key; absent when it came by itself. */
  readonly by?: string | undefined;
}

/** What may be done with a campaign's messages while it stands there. */
export function gateOf({ state, ending }: Pick<CampaignState, 'state' | 'ending'>): GateWord {
  if (ending !== undefined || state === 'finished') return 'ended';
  return state === 'running' ? 'open' : 'shut';
}

/** Everything but the version stays; whoever publishes two of one version publishes the same. */
export function changed(before: CampaignState, at: string, change: Partial<CampaignState>): CampaignState {
  return { ...before, ...change, version: before.version + 1, at };
}

export function movedTo(
  before: CampaignState,
  state: CampaignStateWord,
  occasion: Occasion,
  reasons: readonly CampaignReason[] = [],
): CampaignState {
  const step = stepOf(state, occasion, reasons[0]?.code);
  const kept = { reasons: withinLimits(reasons), history: withStep(before, step) };
  return changed(before, occasion.at, { ...kept, state, since: occasion.at });
}

/** Nothing more of it is sent; it is finished when that was said of every recipient. */
export function endingAs(before: CampaignState, ending: CampaignEnd, occasion: Occasion): CampaignState {
  const step = stepOf(before.state, occasion, ending);
  return changed(before, occasion.at, { ending, reasons: [], history: withStep(before, step) });
}

export function finishedAs(
  before: CampaignState,
  end: CampaignEnd,
  progress: CampaignProgress,
  occasion: Occasion,
): CampaignState {
  const { ending: _over, ...rest } = movedTo(before, 'finished', occasion, []);
  return { ...rest, end, progress };
}

/** Of a campaign that was never started: all its recipients have ended the same way. */
export function neverStarted(accepted: number, end: CampaignEnd): CampaignProgress {
  const none = { waiting: 0, underWay: 0, sent: 0, delivered: 0, read: 0, suppressed: 0, unresolved: 0 };
  const failedBy = accepted === 0 ? {} : { [end]: accepted };
  return { ...none, accepted, failed: accepted, failedBy, replies: 0, optOuts: 0 };
}

export const withinLimits = (reasons: readonly CampaignReason[]): CampaignReason[] =>
  reasons
    .slice(0, MOST_REASONS)
    .map(({ code, reason }) => ({ code, reason: reason.length > LONGEST_REASON ? shortened(reason) : reason }));

const shortened = (reason: string): string => `${reason.slice(0, LONGEST_REASON - 1)}…`;

const withStep = ({ history }: CampaignState, step: CampaignStep): CampaignStep[] =>
  [...history, step].slice(-MOST_STEPS);

const stepOf = (state: CampaignStateWord, { at, by }: Occasion, code: string | undefined): CampaignStep => ({
  state,
  at,
  ...(by !== undefined && { by }),
  ...(code !== undefined && { code }),
});
