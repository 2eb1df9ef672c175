import { isSendable, type TemplateChanged, type TemplateState } from '@heliograph/contracts';
import { statusOf, stepsOf, withHistory } from './next-state.ts';

/** What an event makes of a template's state. */
export interface AppliedEvent {
  /** Undefined when it changes nothing. */
  readonly state?: TemplateState;
  /** The provider has to be asked what is true now: we do not know the template, or a reading said something else meanwhile. */
  readonly doubtful?: boolean;
}

/**
 * Applies what a provider told by webhook (guide 001, section 2), by the provider's moment: an event older than the last one
 * that was applied is void. Where a reading lies in between, the two clocks differ and nobody knows which was first: what takes
 * a template out of use counts at once, and in both cases the provider is asked again.
 *
 * @param receivedAt ISO 8601, our clock: a reading that began before it turns nothing back
 */
export function applyEvent(
  before: TemplateState | undefined,
  event: TemplateChanged,
  receivedAt: string,
): AppliedEvent {
  if (!before) return { doubtful: true };
  const steps = stepsOf(before);
  const told = steps.findLast(({ source }) => source === 'webhook');
  if (told && after(told.at, event.at)) return {};
  const changed = withFacts(before, event);
  const { status: word } = event;
  if (word === undefined) return changed === before ? {} : { state: { ...changed, checkedAt: receivedAt } };
  const { known: _known, ...verdict } = statusOf(word, event.reason);
  const last = steps.at(-1)!;
  if (steps.some(({ source, at, status }) => source === 'webhook' && at === event.at && status === verdict.status)) {
    return {};
  }
  const contradicted = last.source === 'reading' && after(last.at, event.at) && before.status !== verdict.status;
  if (contradicted && !(isSendable(before.status) && !isSendable(verdict.status))) return { doubtful: true };
  const { rejectionReason: _before, ...rest } = changed;
  const next = { ...rest, ...verdict, checkedAt: receivedAt };
  const state = withHistory(next, before, { at: event.at, source: 'webhook' });
  return { state, ...(contradicted && { doubtful: true }) };
}

/** Providers write moments with and without fractions and offsets. */
const after = (one: string, other: string): boolean => Date.parse(one) > Date.parse(other);

/** What is absent has not changed. */
function withFacts(before: TemplateState, { quality, category, providerTemplateId }: TemplateChanged): TemplateState {
  const next = {
    ...before,
    ...(quality !== undefined && { quality }),
    ...(category !== undefined && { category }),
    ...(providerTemplateId !== undefined && { providerTemplateId }),
  };
  const same =
    next.quality === before.quality &&
    next.category === before.category &&
    next.providerTemplateId === before.providerTemplateId;
  return same ? before : next;
}
