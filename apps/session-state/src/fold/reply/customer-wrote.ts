import type { SessionSnapshot } from '@heliograph/contracts';
import { handOffCommand, handOffPlace, type Command } from '../commands.ts';
import type { Effect, EffectContext } from '../effect.ts';
import { routedEntry, type Draft } from '../entries.ts';
import type { Fact } from '../facts.ts';
import { laterOf } from '../moments.ts';
import { inProviderConversation } from '../provider-conversation.ts';
import { releaseAll } from './held-messages.ts';
import { afterReply, asChosen } from './offers.ts';

type Received = Extract<Fact, { type: 'message.received' }>;

/** The customer's words open the window, wake what was held for it, and may stand for a choice that leads somewhere. */
export function customerWrote(state: SessionSnapshot, fact: Received, context: EffectContext): Effect {
  const shown = asChosen(state, fact);
  const {
    state: next,
    entries,
    commands,
  } = releaseAll(afterReply(written(state, fact, context), shown), fact, context.at);
  const { payload } = shown.data.content;
  if (payload === undefined) return { state: next, ownEntry: true, following: entries, commands };
  const routed = routedReply(next, fact, payload, context);
  if (!routed) return { state: next, ownEntry: true, shown, following: entries, commands, unmatchedReply: true };
  return {
    state: next,
    ownEntry: true,
    shown,
    following: [...entries, routed.entry],
    commands: [...commands, ...routed.commands],
  };
}

function written(state: SessionSnapshot, { data }: Received, { moment }: EffectContext): SessionSnapshot {
  const lastCustomerMessageAt = laterOf(state.lastCustomerMessageAt, moment);
  const next = inProviderConversation(state, data.providerConversationId);
  if (lastCustomerMessageAt === state.lastCustomerMessageAt) return next;
  // Of the latest message: its number is the one that holds the window, and it says who the customer is now.
  return {
    ...next,
    lastCustomerMessageAt,
    senderAddress: data.senderAddress ?? next.senderAddress,
    customerAuthenticated: data.authenticated ?? next.customerAuthenticated,
  };
}

/** What is configured about a reply: its entry, and the command that takes the conversation there. */
function routedReply(
  state: SessionSnapshot,
  fact: Received,
  payload: string,
  { rules, now, at }: EffectContext,
): { entry: Draft; commands: Command[] } | undefined {
  const route = rules.routes.find(state.tenant, payload);
  if (!route) return undefined;
  const command = handOffCommand(handOffPlace(fact), state, route, { now });
  return { entry: routedEntry(fact, payload, route, at), commands: command ? [command] : [] };
}
