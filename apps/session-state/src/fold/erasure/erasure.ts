import { ERASED, partiesOf, type ContactErased, type SessionSnapshot } from '@heliograph/contracts';
import { effectOf } from '../effects.ts';
import { entryOfFact, numbered } from '../entries.ts';
import type { Fact, FactType } from '../facts.ts';
import type { FoldContext, Folded } from '../folded.ts';
import { momentOf } from '../moments.ts';
import { remember } from '../recent-facts.ts';

/**
 * What starts a conversation anew after its contact was erased: the customer writes, or we do. Everything else tells of what
 * was: receipts, agents and ends of the provider conversation, outcomes of commands about it.
 */
const STARTS_ANEW: ReadonlySet<FactType> = new Set<FactType>([
  'message.received',
  'message.sent',
  'message.held',
  'message.failed',
  'message.unresolved',
  'message.suppressed',
  'message.diverted',
  'provider-conversation.opened',
]);

/**
 * The state without anything that the contact said, was sent or is called: what is left numbers the entries, and knows each fact
 * again. One entry tells of it; a session that was open ends with it, and is not archived.
 */
export function erasedConversation(
  before: SessionSnapshot,
  fact: Fact & { readonly data: ContactErased },
  { position, now }: FoldContext,
): Folded {
  if (before.recentFacts.length === 0) return { skipped: 'nothing-known' };
  const moment = momentOf(fact.data.at, now);
  if (before.erasedAt !== undefined && moment <= Date.parse(before.erasedAt)) return { skipped: 'erased-already' };
  const { session, sequence, applied } = before;
  const parties = partiesOf(fact.data);
  // A conversation without a session has no entries: its contact was only heard of.
  const entries = session === 0 ? [] : numbered({ ...before, ...parties }, [entryOfFact(fact)]);
  return {
    entries,
    commands: [],
    erases: session,
    state: {
      ...parties,
      sequence: sequence + entries.length,
      session,
      state: 'closed',
      stage: 'closed',
      erasedAt: new Date(moment).toISOString(),
      erasedThrough: sequence + entries.length,
      messages: [],
      earlyReceipts: [],
      applied: { ...applied, [position.topic]: position.offset },
      recentFacts: remember(before.recentFacts, fact.id),
    },
  };
}

/** Whether a fact tells of what was erased: it happened up to then, or it is about nothing that came afterwards. */
export function isOfBefore(state: SessionSnapshot, fact: Fact, now: number): boolean {
  if (state.erasedAt === undefined) return false;
  if (momentOf(fact.data.at, now) <= Date.parse(state.erasedAt)) return true;
  const accepted = acceptedAt(fact);
  if (accepted !== undefined && Date.parse(accepted) <= Date.parse(state.erasedAt)) return true;
  return state.contact === ERASED && !STARTS_ANEW.has(fact.type);
}

/** When the command of an outcome was accepted: one from before the erasure may end after it. */
function acceptedAt({ data }: Fact): string | undefined {
  if ('acceptedAt' in data) return data.acceptedAt;
  return 'command' in data && typeof data.command === 'object' ? data.command.acceptedAt : undefined;
}

/** A fact of before changes nothing and is not told, but for what it says of consent: a no counts whenever it arrives. */
export function wordsOfBefore(before: SessionSnapshot, fact: Fact, { position, now, rules }: FoldContext): Folded {
  const moment = momentOf(fact.data.at, now);
  const effect = effectOf(before, fact, { now, moment, at: new Date(moment).toISOString(), rules });
  const commands = 'stale' in effect ? [] : (effect.commands ?? []);
  const words = commands.filter(({ type }) => type === 'consent.change' || type === 'consent.suppressed');
  if (words.length === 0 || fact.data.contact === ERASED) return { skipped: 'of-an-erased-contact' };
  const applied = { ...before.applied, [position.topic]: position.offset };
  const state = { ...before, applied, recentFacts: remember(before.recentFacts, fact.id) };
  return { state, entries: [], commands: words };
}

/** Where only a provider's name of the conversation is known, the contact is the one that the conversation has. */
export function withKnownContact(before: SessionSnapshot, fact: Fact): Fact {
  if (fact.type === 'contact.erased' || fact.data.contact !== ERASED || before.contact === ERASED) return fact;
  return { ...fact, data: { ...fact.data, contact: before.contact } } as Fact;
}
