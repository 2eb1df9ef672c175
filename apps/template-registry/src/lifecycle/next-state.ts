import { TEMPLATE_STATUSES, type TemplateState, type TemplateStatus, type TemplateStep } from '@heliograph/contracts';

const MOST_STEPS = 50;
const LONGEST_REASON = 1_000;
const QUOTED = 64;

/** A provider's word for a status as one of ours: one that is not known becomes DISABLED, so that it may not be sent. */
export function statusOf(
  word: string,
  reason?: string,
): { readonly status: TemplateStatus; readonly rejectionReason?: string; readonly known: boolean } {
  const known = (TEMPLATE_STATUSES as readonly string[]).includes(word);
  const why = reason ?? (known ? undefined : `the provider calls it ${word.slice(0, QUOTED)}`);
  return {
    status: known ? (word as TemplateStatus) : 'DISABLED',
    ...(why !== undefined && { rejectionReason: why.slice(0, LONGEST_REASON) }),
    known,
  };
}

/** The steps of a state that was published before states had a history begin with what it said then. */
export const stepsOf = (state: TemplateState | undefined): readonly TemplateStep[] =>
  state === undefined ? [] : (state.history ?? [stepTo(state, state.checkedAt, 'reading')]);

/**
 * The state with its history: that of the one before, and one more step when status or reason are others, or when an event
 * confirms them: its moment makes older events void.
 */
export function withHistory(
  next: TemplateState,
  before: TemplateState | undefined,
  step: Pick<TemplateStep, 'at' | 'source'>,
): TemplateState {
  const steps = stepsOf(before);
  const same =
    step.source !== 'webhook' && before?.status === next.status && before.rejectionReason === next.rejectionReason;
  const history = same ? steps : [...steps, stepTo(next, step.at, step.source)].slice(-MOST_STEPS);
  return { ...next, history: [...history] };
}

function stepTo({ status, rejectionReason }: TemplateState, at: string, source: TemplateStep['source']): TemplateStep {
  return { status, at, source, ...(rejectionReason !== undefined && { reason: rejectionReason }) };
}
