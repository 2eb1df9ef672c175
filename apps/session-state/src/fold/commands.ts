import {
  factId,
  partiesOf,
  type AcceptParticipant,
  type CloseConversation,
  type ConsentChange,
  type ConsentSuppressed,
  type HandOff,
  type SendMessage,
  type SessionSnapshot,
} from '@heliograph/contracts';
import type { ReplyRoute } from './reply/reply-routes.ts';

interface CommandOf<Type extends string, Data> {
  readonly type: Type;
  /** Derived from the fact: folded again, it is the same command. */
  readonly id: string;
  readonly data: Data;
}

/** A command that follows from a fact. */
export type Command =
  | CommandOf<'message.send', SendMessage>
  | CommandOf<'conversation.hand-off', HandOff>
  | CommandOf<'participant.accept', AcceptParticipant>
  | CommandOf<'conversation.close', CloseConversation>
  | ConsentCommand;

/** What follows for a contact's consent: it is about a contact, not about a conversation. */
export type ConsentCommand =
  CommandOf<'consent.change', ConsentChange> | CommandOf<'consent.suppressed', ConsentSuppressed>;

/** Ids of commands are derived from the fact's and these: far from the places of entries, of which there are at most 200. */
const FIRST_PLACE = 1_000;
/** Where the hand-off of a reply stands: behind every message that is given again with it. */
const HAND_OFF_PLACE = 500;

/** The id of a fact's command. @param place among those of its kind that follow from the same fact */
export const commandPlace = (fact: { readonly id: string }, place = 0): string => factId(fact.id, FIRST_PLACE + place);
/** Behind the hand-off: what a keyword asks for, the answer to it, and what was not sent because of one. */
export const consentPlace = (fact: { readonly id: string }): string => commandPlace(fact, HAND_OFF_PLACE + 1);
export const consentReplyPlace = (fact: { readonly id: string }): string => commandPlace(fact, HAND_OFF_PLACE + 2);
export const suppressedPlace = (fact: { readonly id: string }): string => commandPlace(fact, HAND_OFF_PLACE + 3);
export const handOffPlace = (fact: { readonly id: string }): string => commandPlace(fact, HAND_OFF_PLACE);

/** When a command was given, and until when it makes sense; milliseconds. */
export interface Validity {
  readonly now: number;
  readonly expiresAt?: number;
}

/** Its once-only key is the message id, as before it was held. */
export const releasedCommand = (id: string, data: SendMessage): Command => ({ type: 'message.send', id, data });

/** Of another conversation; its once-only key is a message id of its own. */
export const divertedCommand = (id: string, data: SendMessage): Command => ({ type: 'message.send', id, data });

export function acceptCommand(id: string, state: SessionSnapshot, agentId: string, validity: Validity): Command {
  return { type: 'participant.accept', id, data: { ...commandOf(id, state, validity), agentId } };
}

export function closeCommand(id: string, state: SessionSnapshot, code: string, validity: Validity): Command {
  const reason = `left in ${state.stage ?? 'its stage'} past its deadline`;
  return { type: 'conversation.close', id, data: { ...commandOf(id, state, validity), code, reason } };
}

/** Undefined when the route names nobody: it only says what the reply means. */
export function handOffCommand(
  id: string,
  state: SessionSnapshot,
  route: ReplyRoute,
  validity: Validity,
): Command | undefined {
  const { queueId, skills, agentId, lastAgent } = route;
  if (!queueId && !skills && !agentId && !lastAgent) return undefined;
  const to = agentId ? 'agent' : lastAgent ? 'last-agent' : 'queue';
  const data: HandOff = {
    ...commandOf(id, state, validity),
    to,
    ...(agentId && { agentId }),
    ...(queueId && { queueId }),
    ...(skills && { skills: [...skills] }),
    accepted: true,
  };
  return { type: 'conversation.hand-off', id, data };
}

function commandOf(commandId: string, state: SessionSnapshot, { now, expiresAt }: Validity) {
  return {
    ...partiesOf(state),
    commandId,
    acceptedAt: new Date(now).toISOString(),
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt).toISOString() }),
  };
}
