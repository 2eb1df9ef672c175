import {
  type FieldProblem,
  isSendable,
  languageOf,
  type TemplateDefinition,
  type TemplateState,
} from '@heliograph/contracts';
import type { ProviderTemplate } from '@heliograph/providers';
import { statusOf, withHistory } from './next-state.ts';
import { differences } from './provider-text.ts';

/** Everything a provider listed for an account. */
export interface Listing {
  readonly templates: readonly ProviderTemplate[];
  /** Entries that could not be read. */
  readonly problems: readonly FieldProblem[];
}

/** Something a reading could not make sense of, for operators. */
export interface Oddity {
  readonly what: 'entry' | 'status' | 'duplicate' | 'text';
  readonly field: string;
  readonly reason: string;
}

export interface Changes {
  /** States to be published: only those that differ from what the topic holds. */
  readonly states: readonly TemplateState[];
  readonly oddities: readonly Oddity[];
}

/** What a reading is compared with. */
export interface Known {
  readonly tenant: string;
  readonly account: string;
  /** What the topic holds of the account. */
  readonly states: readonly TemplateState[];
  /** The definition that a template at the provider is a version of. */
  readonly definitionOf: (name: string) => TemplateDefinition | undefined;
}

/**
 * Compares a complete listing with what the topic holds of the account.
 *
 * Whatever is in doubt becomes something that cannot be sent: a status we do not know is DISABLED; of two entries for one
 * name and language the one that may not be sent counts; a template that is not listed is DELETED, or DISABLED while there
 * are entries that could not be read, for it may be one of them. What became known after the reading began is newer than the
 * reading: of that it says nothing.
 *
 * @param beganAt ISO 8601, our clock
 */
export function changesOf(known: Known, listing: Listing, beganAt: string): Changes {
  const oddities: Oddity[] = listing.problems.map((problem) => ({ what: 'entry', ...problem }));
  const before = new Map(known.states.map((state) => [placeOf(state), state]));
  const listed = new Map<string, TemplateState>();
  for (const template of listing.templates) {
    const place = placeOf(template);
    const state = stateOf(template, known, before.get(place), beganAt, oddities);
    const other = listed.get(place);
    listed.set(place, other ? safer(other, state, oddities) : state);
  }
  for (const state of known.states) {
    if (listed.has(placeOf(state)) || state.status === 'DELETED') continue;
    listed.set(placeOf(state), unlisted(state, listing.problems.length > 0, beganAt));
  }
  const isNews = (state: TemplateState): boolean => {
    const was = before.get(placeOf(state));
    return differs(state, was) && !(was !== undefined && was.checkedAt > beganAt);
  };
  const states = [...listed.values()]
    .filter(isNews)
    .map((state) => withHistory(state, before.get(placeOf(state)), { at: beganAt, source: 'reading' }));
  return { states, oddities };
}

const placeOf = ({ name, language }: Pick<TemplateState, 'name' | 'language'>): string =>
  JSON.stringify([name, language]);

function stateOf(
  template: ProviderTemplate,
  known: Known,
  before: TemplateState | undefined,
  checkedAt: string,
  oddities: Oddity[],
): TemplateState {
  const { name, language, providerTemplateId, parameterCount, headerParameterCount, channel, provider } = template;
  const { known: understood, ...verdict } = statusOf(template.status, template.rejectionReason);
  const field = `${name} (${language})`;
  if (!understood) {
    const word = template.status.slice(0, 64);
    oddities.push({ what: 'status', field: `${field}.status`, reason: `"${word}" is not known` });
  }
  // What a list leaves out an event may have told.
  const category = template.category ?? before?.category;
  const quality = template.quality ?? before?.quality;
  const definition = known.definitionOf(name);
  const wanted = definition && languageOf(definition, language);
  const other = definition && wanted ? differences(definition, wanted, template) : [];
  for (const reason of other) oddities.push({ what: 'text', field, reason });
  return {
    tenant: known.tenant,
    account: known.account,
    name,
    language,
    ...verdict,
    ...(category !== undefined && { category }),
    providerTemplateId,
    parameterCount,
    checkedAt,
    ...(provider !== undefined && { provider }),
    ...(channel !== undefined && { channel }),
    ...(headerParameterCount > 0 && { headerParameterCount }),
    ...(quality !== undefined && { quality }),
    ...(definition && wanted && other.length === 0 && { definition: definition.name, version: definition.version }),
  };
}

/** The same template listed twice (by two providers of one account) is no contradiction. */
function safer(one: TemplateState, other: TemplateState, oddities: Oddity[]): TemplateState {
  const { provider: _one, ...first } = one;
  const { provider: _other, ...second } = other;
  if (!differs(first, second)) return one;
  const field = `${one.name} (${one.language})`;
  oddities.push({ what: 'duplicate', field, reason: 'is listed twice, differently' });
  const [lower, higher] = one.providerTemplateId <= other.providerTemplateId ? [one, other] : [other, one];
  return isSendable(lower.status) ? higher : lower;
}

function unlisted(state: TemplateState, inDoubt: boolean, checkedAt: string): TemplateState {
  const { rejectionReason: _before, ...rest } = state;
  if (!inDoubt) return { ...rest, status: 'DELETED', checkedAt };
  return { ...rest, status: 'DISABLED', rejectionReason: 'it is not among the entries that can be read', checkedAt };
}

const COMPARED = [
  'status',
  'rejectionReason',
  'category',
  'providerTemplateId',
  'parameterCount',
  'headerParameterCount',
  'provider',
  'channel',
  'quality',
  'definition',
  'version',
] as const;

const differs = (state: TemplateState, before: TemplateState | undefined): boolean =>
  before === undefined || COMPARED.some((field) => state[field] !== before[field]);
