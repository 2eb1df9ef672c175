import {
  EVENTS,
  type CloudEvent,
  type CommandFailed,
  type CommandOutcome,
  type ConversationClosed,
  type ConversationHandedOff,
  type MessageDiverted,
  type MessageFailed,
  type MessageHeld,
  type MessageSent,
  type MessageSuppressed,
  type MessageUnresolved,
  type ProviderConversationOpened,
} from '@heliograph/contracts';
import type { PublishedOutcome } from '@heliograph/redis';
import type { SettledCommand } from '../lifecycle/command-job.ts';
import type { Route } from '../routes/route.store.ts';
import type { SettledSend } from '../sending/settled-send.ts';

/**
 * What one fact says of the ledger and of the routes: the readers of a rebuild see them oldest first.
 *
 * @param outcomes gets the outcome it tells of
 * @param routes gets what it says of its conversation's route
 */
export function collect(
  { type, data }: CloudEvent,
  outcomes: PublishedOutcome[],
  routes: Map<string, Partial<Route>>,
): void {
  const { conversationId } = data as { conversationId: string };
  const learn = (known: Partial<Route>) => routes.set(conversationId, { ...routes.get(conversationId), ...known });
  switch (type) {
    case EVENTS.messageSent.type:
      return void outcomes.push(sent(data as MessageSent));
    case EVENTS.messageFailed.type:
      return void outcomes.push(...failed(data as MessageFailed));
    case EVENTS.messageDiverted.type: {
      const { messageId, at, code, reason, command } = data as MessageDiverted;
      return void outcomes.push(outcome(messageId, 'rejected', '', false, { at, code, reason, diverted: command }));
    }
    case EVENTS.messageSuppressed.type:
      return void outcomes.push(suppressed(data as MessageSuppressed));
    case EVENTS.messageUnresolved.type: {
      const { messageId, attempt, at, reason } = data as MessageUnresolved;
      return void outcomes.push(outcome(messageId, 'in-doubt', attempt, true, { at, reason }));
    }
    case EVENTS.providerConversationOpened.type: {
      const { providerConversationId, senderAddress } = data as ProviderConversationOpened;
      return void learn({ opened: providerConversationId, number: senderAddress });
    }
    case EVENTS.messageHeld.type: {
      const { messageId, at, askedBy } = data as MessageHeld;
      return void (askedBy !== undefined && learn({ asked: { at: Date.parse(at), by: messageId } }));
    }
    case EVENTS.commandFailed.type:
      return void outcomes.push(...commandFailed(data as CommandFailed));
    case EVENTS.conversationClosed.type: {
      const { providerConversationId: gone, wrappedUp } = data as ConversationClosed;
      if (gone !== undefined) learn({ gone: [...(routes.get(conversationId)?.gone ?? []), gone] });
      return void outcomes.push(done(data as ConversationClosed, { wrappedUp }));
    }
    case EVENTS.conversationHandedOff.type: {
      const { assigneeKind, assigneeId, accepted, customerAuthenticated } = data as ConversationHandedOff;
      const settled = { assigneeKind, assigneeId, accepted, customerAuthenticated };
      return void outcomes.push(done(data as ConversationHandedOff, settled));
    }
    case EVENTS.participantAccepted.type:
    case EVENTS.participantWrappedUp.type:
      return void outcomes.push(done(data as CommandOutcome, {}));
  }
}

function sent(data: MessageSent): PublishedOutcome {
  const { messageId, attempt, possiblyRepeated, at, providerMessageId, providerConversationId, resolvedBy } = data;
  const { changed, flagged, content, sanitised, agentless } = data;
  const isNamed = content.variables !== undefined;
  const told = {
    ...(changed && { changed }),
    ...((changed || isNamed) && { content }),
    ...(flagged && { flagged }),
    ...(sanitised && { sanitised }),
    ...(agentless && { agentless }),
  };
  const settled: SettledSend = { at, providerMessageId, providerConversationId, resolvedBy, ...told };
  return outcome(messageId, 'confirmed', attempt, possiblyRepeated, settled);
}

/** A dead-lettered one may be replayed and sent. */
function failed({
  messageId,
  attempt,
  possiblyRepeated,
  at,
  code,
  reason,
  resolvedBy,
}: MessageFailed): PublishedOutcome[] {
  if (code === 'dead-lettered') return [];
  return [outcome(messageId, 'rejected', attempt, possiblyRepeated, { at, code, reason, resolvedBy })];
}

function suppressed({ messageId, attempt, at, code, reason, ...said }: MessageSuppressed): PublishedOutcome {
  const { subject, purpose, since, source, consentEventId } = said;
  const settled: SettledSend = { at, code, reason, suppressed: { subject, purpose, since, source, consentEventId } };
  return outcome(messageId, 'rejected', attempt, false, settled);
}

function commandFailed({ commandId, attempt, at, code, reason }: CommandFailed): PublishedOutcome[] {
  if (code === 'dead-lettered') return [];
  const state = code === 'unresolved' ? 'in-doubt' : 'rejected';
  return [outcome(commandId, state, attempt, state === 'in-doubt', { at, code, reason })];
}

function done(data: CommandOutcome, more: Partial<SettledCommand>): PublishedOutcome {
  const { commandId, attempt, possiblyRepeated, at, providerConversationId } = data;
  return outcome(commandId, 'confirmed', attempt, possiblyRepeated, { at, providerConversationId, ...more });
}

function outcome(
  entryId: string,
  state: PublishedOutcome['state'],
  attempt: string | undefined,
  possiblyRepeated: boolean,
  settled: SettledCommand,
): PublishedOutcome {
  return { entryId, state, attempt: attempt ?? '', possiblyRepeated, result: JSON.stringify(settled) };
}
