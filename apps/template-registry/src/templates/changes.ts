import { TEMPLATE_STATUSES, type FieldProblem, type TemplateState } from '@heliograph/contracts';
import type { ProviderTemplate } from '@heliograph/providers';

/** Everything a provider listed for an account. */
export interface Listing {
  readonly templates: readonly ProviderTemplate[];
  /** Entries that could not be read. */
  readonly problems: readonly FieldProblem[];
}

/** Something a reading could not make sense of, for operators. */
export interface Oddity {
  readonly what: 'entry' | 'status' | 'duplicate';
  readonly field: string;
  readonly reason: string;
}

export interface Changes {
  /** States to be published: only those that differ from what the topic holds. */
  readonly states: readonly TemplateState[];
  readonly oddities: readonly Oddity[];
}

type Status = TemplateState['status'];
type Owner = Pick<TemplateState, 'tenant' | 'account'>;

const LONGEST_REASON = 1_000;
const QUOTED = 64;

/**
 * Compares a complete listing with what the topic holds of the account.
 *
 * Whatever is in doubt becomes something that cannot be sent: a status we do not know is DISABLED; of two entries for one
 * name and language the one that may not be sent counts; a template that is not listed is DELETED, or DISABLED while there
 * are entries that could not be read, for it may be one of them.
 *
 * @param checkedAt ISO 8601
 */
export function changesOf(known: readonly TemplateState[], listing: Listing, owner: Owner, checkedAt: string): Changes {
  const oddities: Oddity[] = listing.problems.map((problem) => ({ what: 'entry', ...problem }));
  const listed = new Map<string, TemplateState>();
  for (const template of listing.templates) {
    const state = stateOf(template, owner, checkedAt, oddities);
    const other = listed.get(placeOf(state));
    listed.set(placeOf(state), other ? safer(other, state, oddities) : state);
  }
  const before = new Map(known.map((state) => [placeOf(state), state]));
  const states = [...listed.values()].filter((state) => differs(state, before.get(placeOf(state))));
  for (const state of known) {
    if (listed.has(placeOf(state)) || state.status === 'DELETED') continue;
    const gone = unlisted(state, listing.problems.length > 0, checkedAt);
    if (differs(gone, state)) states.push(gone);
  }
  return { states, oddities };
}

const placeOf = ({ name, language }: TemplateState): string => JSON.stringify([name, language]);

const isKnown = (status: string): status is Status => (TEMPLATE_STATUSES as readonly string[]).includes(status);

function stateOf(template: ProviderTemplate, owner: Owner, checkedAt: string, oddities: Oddity[]): TemplateState {
  const { name, language, status, category, rejectionReason, providerTemplateId, parameterCount } = template;
  const word = status.slice(0, QUOTED);
  if (!isKnown(status)) {
    oddities.push({ what: 'status', field: `${name} (${language}).status`, reason: `"${word}" is not known` });
  }
  const reason = rejectionReason ?? (isKnown(status) ? undefined : `the provider calls it ${word}`);
  return {
    tenant: owner.tenant,
    account: owner.account,
    name,
    language,
    status: isKnown(status) ? status : 'DISABLED',
    ...(reason !== undefined && { rejectionReason: reason.slice(0, LONGEST_REASON) }),
    ...(category !== undefined && { category }),
    providerTemplateId,
    parameterCount,
    checkedAt,
  };
}

/** The same template listed twice (by two providers of one account) is no contradiction. */
function safer(one: TemplateState, other: TemplateState, oddities: Oddity[]): TemplateState {
  if (!differs(one, other)) return one;
  const field = `${one.name} (${one.language})`;
  oddities.push({ what: 'duplicate', field, reason: 'is listed twice, differently' });
  const [first, second] = one.providerTemplateId <= other.providerTemplateId ? [one, other] : [other, one];
  return first.status === 'APPROVED' ? second : first;
}

function unlisted(state: TemplateState, inDoubt: boolean, checkedAt: string): TemplateState {
  const { rejectionReason: _before, ...rest } = state;
  if (!inDoubt) return { ...rest, status: 'DELETED', checkedAt };
  return { ...rest, status: 'DISABLED', rejectionReason: 'it is not among the entries that can be read', checkedAt };
}

const COMPARED = ['status', 'rejectionReason', 'category', 'providerTemplateId', 'parameterCount'] as const;

const differs = (state: TemplateState, before: TemplateState | undefined): boolean =>
  before === undefined || COMPARED.some((field) => state[field] !== before[field]);
