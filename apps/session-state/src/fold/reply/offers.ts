import { choiceOf } from '@heliograph/channels';
import type { MessageSent, SessionSnapshot } from '@heliograph/contracts';
import type { Fact } from '../facts.ts';

type Received = Extract<Fact, { type: 'message.received' }>;

/**
 * The reply with the payload of the choice that it names by number or label, where the text that went before offered choices.
 * What has a payload of its own, also from an earlier fold, stays as it is.
 */
export function asChosen(state: SessionSnapshot, fact: Received): Received {
  const { content } = fact.data;
  if (!state.offered || content.payload !== undefined || content.type !== 'text' || content.text === undefined)
    return fact;
  const choice = choiceOf(content.text, state.offered.choices);
  if (!choice) return fact;
  return { ...fact, data: { ...fact.data, content: { ...content, payload: choice.value } } };
}

/** An offer stands until it is taken, or until we have written something else. */
export function afterReply(state: SessionSnapshot, fact: Received): SessionSnapshot {
  return state.offered && fact.data.content.payload !== undefined ? { ...state, offered: undefined } : state;
}

export function afterSending(state: SessionSnapshot, data: MessageSent, at: string): SessionSnapshot {
  const choices = data.content.numbered;
  if (choices !== undefined && choices.length > 0)
    return { ...state, offered: { messageId: data.messageId, choices, at } };
  return state.offered ? { ...state, offered: undefined } : state;
}
