import {
  factId,
  type ConsentChange,
  type ConsentChanged,
  type ConsentPurposes,
  type ConsentState,
  type ConsentStep,
  type PurposeConsent,
} from '@heliograph/contracts';

const HISTORY = 50;
const RECENT = 32;

/** One change that was asked for. */
export interface GivenChange {
  /** Id of its event. */
  readonly id: string;
  readonly data: ConsentChange;
}

export interface ConsentFoldContext {
  /** Of the command. */
  readonly offset: number;
  /** Milliseconds. */
  readonly now: number;
}

export type FoldedConsent =
  | { readonly state: ConsentState; readonly eventId: string; readonly event: ConsentChanged }
  /** It changes nothing, and nothing is recorded of it. */
  | { readonly skipped: string };

/** This very record was folded before. */
export const APPLIED_BEFORE = 'applied-already';

/** Id of the event that tells what became of a change. */
export const consentEventId = (changeId: string): string => factId(changeId);

const UNKNOWN: PurposeConsent = { state: 'unknown' };
/** Of whom nobody has ever said anything. */
export const NOTHING_SAID: ConsentPurposes = { all: UNKNOWN, marketing: UNKNOWN };

/**
 * Where a contact stands after one more word. Each purpose holds the latest word about it, by the moment it was said, whatever
 * the order in which words arrive; of two at the same moment the opt-out holds. A moment in the future counts as now.
 */
export function foldConsent(
  before: ConsentState | undefined,
  { id, data }: GivenChange,
  { offset, now }: ConsentFoldContext,
): FoldedConsent {
  if (before && offset <= Number(before.applied)) return { skipped: APPLIED_BEFORE };
  const eventId = consentEventId(id);
  if (before && isFolded(before, id, eventId)) return { skipped: 'repeated-change' };
  const purposes = before?.purposes ?? NOTHING_SAID;
  if (data.onlyIfOut && !isOut(purposes)) return { skipped: 'not-opted-out' };

  const change = { ...data, at: new Date(Math.min(Date.parse(data.at), now)).toISOString() };
  const after = changed(purposes, change, eventId);
  const verdict = verdictOf(change, purposes, after);
  const sequence = (before?.sequence ?? 0) + 1;
  const recordedAt = new Date(now).toISOString();
  return {
    eventId,
    event: { ...change, sequence, ...verdict, before: purposes, after, recordedAt },
    state: {
      tenant: data.tenant,
      subject: data.subject,
      purposes: after,
      sequence,
      history: [...(before?.history ?? []), stepOf(change, eventId, verdict.effective)].slice(-HISTORY),
      applied: String(offset),
      recent: [...(before?.recent ?? []), id].slice(-RECENT),
    },
  };
}

const isFolded = ({ recent, history }: ConsentState, id: string, eventId: string): boolean =>
  recent.includes(id) || history.some((step) => step.eventId === eventId);

const isOut = ({ all, marketing }: ConsentPurposes): boolean => all.state === 'out' || marketing.state === 'out';

function changed(purposes: ConsentPurposes, change: ConsentChange, eventId: string): ConsentPurposes {
  if (change.change === 'erase') return purposes;
  const { at, source, evidence } = change;
  const said: PurposeConsent = { state: change.change === 'opt-out' ? 'out' : 'in', at, source, evidence, eventId };
  const { all, marketing } = purposes;
  if (change.purpose === 'marketing') return { all, marketing: later(marketing, said) };
  // Yes to everything is yes to marketing, too; no to everything says nothing of what comes back with a later yes.
  return { all: later(all, said), marketing: said.state === 'in' ? later(marketing, said) : marketing };
}

function later(known: PurposeConsent, said: PurposeConsent): PurposeConsent {
  if (known.at === undefined) return said;
  const [before, now] = [Date.parse(known.at), Date.parse(said.at!)];
  if (now > before) return said;
  return now === before && said.state === 'out' && known.state !== 'out' ? said : known;
}

function verdictOf(
  { change }: ConsentChange,
  before: ConsentPurposes,
  after: ConsentPurposes,
): Pick<ConsentChanged, 'effective' | 'reason'> {
  if (change === 'erase') return { effective: true };
  const isNew = before.all.state !== after.all.state || before.marketing.state !== after.marketing.state;
  if (isNew) return { effective: true };
  const isLatest = before.all !== after.all || before.marketing !== after.marketing;
  return { effective: false, reason: isLatest ? 'says-nothing-new' : 'newer-word-known' };
}

function stepOf(
  { change, purpose, source, channel, evidence, by, at }: ConsentChange,
  eventId: string,
  effective: boolean,
): ConsentStep {
  return { eventId, change, purpose, source, ...(channel && { channel }), evidence, ...(by && { by }), at, effective };
}
