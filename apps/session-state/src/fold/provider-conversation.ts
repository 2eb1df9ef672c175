import type { SessionSnapshot } from '@heliograph/contracts';

/** A provider conversation that was closed is never taken up again: nothing may be sent into it. */
export function inProviderConversation(state: SessionSnapshot, id: string | undefined): SessionSnapshot {
  if (id === undefined || id === state.closedProviderConversationId || id === state.providerConversationId)
    return state;
  return { ...state, providerConversationId: id };
}

/** @param id undefined where the conversation never had one */
export function closedAtProvider(state: SessionSnapshot, id: string | undefined): SessionSnapshot {
  if (id === undefined) return state;
  const present = state.providerConversationId === id ? undefined : state.providerConversationId;
  return { ...state, providerConversationId: present, closedProviderConversationId: id };
}
