import {
  CommandFailed,
  EVENTS,
  factId,
  partiesOf,
  problemsOf,
  type AcceptParticipant,
  type CloseConversation,
  type CommandOutcome,
  type ConversationCommand,
  type EventContract,
  type HandOff,
  type TranscriptLine,
  type WrapUpParticipant,
} from '@heliograph/contracts';
import { newEvent, type Delivery, type EventPublisher } from '@heliograph/kafka';
import type { Ended, Refusal } from '../sending/effect.ts';
import { SOURCE } from '../sending/outcome-facts.ts';
import type { SettledCommand } from './command-job.ts';

/** A command whose outcome is told, and how it ended. */
export interface Concluded<C extends ConversationCommand = ConversationCommand> {
  readonly command: C;
  readonly delivery: Delivery;
  readonly end: Ended;
}

export interface HandedTranscript {
  readonly transcript: TranscriptLine[];
  readonly omitted: number;
}

/** Publishes what became of commands about conversations. A repeat of the same outcome has the same id. */
export class CommandFacts {
  constructor(private readonly publisher: EventPublisher) {}

  handedOff(concluded: Concluded<HandOff>, said: HandedTranscript) {
    const { assigneeKind, assigneeId, accepted, customerAuthenticated } = settledOf(concluded);
    const { note } = concluded.command;
    return this.publish(EVENTS.conversationHandedOff, concluded, {
      ...outcomeOf(concluded),
      ...{ assigneeKind: assigneeKind!, assigneeId: assigneeId!, accepted: accepted === true },
      customerAuthenticated: customerAuthenticated === true,
      ...said,
      ...(note !== undefined && { note }),
    });
  }

  accepted(concluded: Concluded<AcceptParticipant>) {
    const { agentId } = concluded.command;
    return this.publish(EVENTS.participantAccepted, concluded, { ...outcomeOf(concluded), agentId });
  }

  wrappedUp(concluded: Concluded<WrapUpParticipant>) {
    const { agentId, code } = concluded.command;
    return this.publish(EVENTS.participantWrappedUp, concluded, { ...outcomeOf(concluded), agentId, code });
  }

  closed(concluded: Concluded<CloseConversation>) {
    const { code, reason } = concluded.command;
    const wrappedUp = [...(settledOf(concluded).wrappedUp ?? [])];
    const why = reason === undefined ? {} : { reason };
    return this.publish(EVENTS.conversationClosed, concluded, { ...outcomeOf(concluded), wrappedUp, code, ...why });
  }

  failed(concluded: Concluded, { code, reason }: Refusal, possiblyRepeated: boolean) {
    const { type: command } = concluded.delivery.event;
    const outcome = { ...outcomeOf(concluded), possiblyRepeated };
    return this.publish(EVENTS.commandFailed, concluded, { ...outcome, command, code, reason });
  }

  /** Of a dead letter: an id of its own, because a replay may still carry the command out. */
  async dead(type: string, value: unknown, origin: string, reason: string): Promise<void> {
    const { commandId, ...command } = value as ConversationCommand;
    const at = new Date().toISOString();
    const data: CommandFailed = {
      ...partiesOf(command),
      ...{ commandId, possiblyRepeated: false, at, command: type, code: 'dead-lettered', reason },
    };
    if (problemsOf(CommandFailed, data).length > 0) return;
    const { conversationId: key, tenant } = data;
    const id = factId(`${commandId}/dead/${origin}`);
    const parts = { id, key, data, tenant, subject: commandId, time: at, source: SOURCE };
    await this.publisher.publish([{ contract: EVENTS.commandFailed, event: newEvent(EVENTS.commandFailed, parts) }]);
  }

  private publish<T extends CommandOutcome>(
    contract: EventContract<T>,
    { command, delivery }: Concluded,
    data: T,
  ): Promise<void> {
    const { commandId, conversationId: key, tenant } = command;
    const id = factId(commandId, 0);
    const parts = { id, key, data, tenant, subject: commandId, time: data.at, source: SOURCE, cause: delivery };
    return this.publisher.publish([{ contract, event: newEvent(contract, parts) }]);
  }
}

export const settledOf = ({ end }: Concluded): SettledCommand => end.settled;

function outcomeOf({ command, end }: Concluded): CommandOutcome {
  const { attempt, possiblyRepeated } = end.ended;
  const { at, providerConversationId, repeated }: SettledCommand = end.settled;
  return {
    ...partiesOf(command),
    commandId: command.commandId,
    ...(attempt && { attempt }),
    possiblyRepeated: possiblyRepeated || repeated === true,
    at,
    ...(providerConversationId !== undefined && { providerConversationId }),
  };
}
