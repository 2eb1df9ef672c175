import {
  partiesOf,
  type ConsentChange,
  type ConsentReply,
  type KeywordsSaid,
  type SendMessage,
  type SessionSnapshot,
} from '@heliograph/contracts';
import type { Keyword } from '@heliograph/consent';
import { consentPlace, consentReplyPlace, type Command } from '../commands.ts';
import type { Effect, EffectContext } from '../effect.ts';
import type { Fact } from '../facts.ts';

type Received = Extract<Fact, { type: 'message.received' }>;
type Said = {
  readonly effect: Effect;
  readonly fact: Received;
  readonly keyword: Keyword;
  readonly context: EffectContext;
};

const MINUTE_MS = 60 * 1000;
/** The same answer is not given twice within this time, whoever is at the other end: a person, or a program that answers, too. */
const ANSWERED_FOR_MS: Record<ConsentReply, number> = {
  'opt-out': 24 * 60 * MINUTE_MS,
  'opt-in': 24 * 60 * MINUTE_MS,
  help: MINUTE_MS,
};
const ANSWERED: Record<ConsentReply, 'optOutAnsweredAt' | 'optInAnsweredAt' | 'helpAnsweredAt'> = {
  'opt-out': 'optOutAnsweredAt',
  'opt-in': 'optInAnsweredAt',
  help: 'helpAnsweredAt',
};
/** An answer that comes later than this helps nobody. */
const REPLY_VALID_MS = 10 * MINUTE_MS;

/** What a message means for consent where it is a keyword: a change that is asked for, and the one answer to it. */
export function withKeyword(effect: Effect, fact: Received, context: EffectContext): Effect {
  const { text } = fact.data.content;
  const keyword = text === undefined ? undefined : context.rules.consent.keyword(fact.data.tenant, text);
  if (!keyword || 'stale' in effect) return effect;
  const said: Said = { effect, fact, keyword, context };
  const commands = [...changeOf(said), ...replyOf(effect.state, said)];
  return {
    ...effect,
    state: { ...effect.state, keywords: saidNow(effect.state.keywords, said, commands) },
    commands: [...(effect.commands ?? []), ...commands],
  };
}

function changeOf({ fact, keyword, context }: Said): Command[] {
  const { meaning, word, onlyIfOut } = keyword;
  if (meaning === 'help') return [];
  const { conversationId, tenant, channel } = fact.data;
  const data: ConsentChange = {
    ...{ tenant, channel, subject: context.rules.consent.subject(fact.data) },
    ...{ change: meaning, purpose: 'all', source: 'keyword' },
    evidence: { id: fact.id, conversationId, keyword: word },
    ...(onlyIfOut && { onlyIfOut }),
    at: context.at,
  };
  return [{ type: 'consent.change', id: consentPlace(fact), data }];
}

/** A yes is answered where it follows a no in this conversation; whether it means one of another channel, nobody knows here. */
function replyOf(state: SessionSnapshot, { fact, keyword, context }: Said): Command[] {
  const { meaning, onlyIfOut } = keyword;
  const text = context.rules.consent.reply(fact.data, keyword);
  if (text === undefined || (onlyIfOut && state.keywords?.last !== 'opt-out')) return [];
  if (isAnswered(state.keywords, meaning, context.now)) return [];
  const id = consentReplyPlace(fact);
  const data: SendMessage = {
    ...partiesOf(fact.data),
    messageId: id,
    class: 'transactional',
    content: { type: 'text', text },
    acceptedAt: new Date(context.now).toISOString(),
    expiresAt: new Date(context.now + REPLY_VALID_MS).toISOString(),
    consentReply: meaning,
  };
  return [{ type: 'message.send', id, data }];
}

/** A no after a yes is answered again, however soon. */
function isAnswered(said: KeywordsSaid | undefined, meaning: ConsentReply, now: number): boolean {
  const at = said?.[ANSWERED[meaning]];
  const isRepeat = meaning === 'help' || said?.last === meaning;
  return at !== undefined && isRepeat && now - Date.parse(at) < ANSWERED_FOR_MS[meaning];
}

function saidNow(
  before: KeywordsSaid | undefined,
  { keyword, context }: Said,
  commands: readonly Command[],
): KeywordsSaid {
  const { meaning, onlyIfOut } = keyword;
  const answered = commands.some(({ type }) => type === 'message.send');
  const counts = meaning !== 'help' && (!onlyIfOut || before?.last === 'opt-out');
  return {
    ...before,
    ...(counts && { last: meaning }),
    ...(answered && { [ANSWERED[meaning]]: new Date(context.now).toISOString() }),
  };
}
