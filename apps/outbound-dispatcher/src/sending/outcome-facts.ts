import {
  EVENTS,
  factId,
  mappingKey,
  MessageFailed,
  partiesOf,
  problemsOf,
  type EventContract,
  type MessageDiverted,
  type MessageHeld,
  type MessageSent,
  type MessageUnresolved,
  type Parties,
  type ProviderConversationOpened,
  type SendMessage,
} from '@heliograph/contracts';
import { newEvent, type Delivery, type EventPublisher, type OutgoingEvent } from '@heliograph/kafka';
import { suppressedData } from '../consent/suppressed-data.ts';
import { contentAsSent } from './content-as-sent.ts';
import { failedData } from './failed-data.ts';
import type { SettledSend } from './settled-send.ts';

export const SOURCE = '/heliograph/outbound-dispatcher';

/** What a held message waits for: the customer where it does not say. */
export type WhyHeld = Pick<{ [K in keyof MessageHeld]?: MessageHeld[K] | undefined }, 'cause' | 'resumeAt' | 'askedBy'>;

/** Publishes what became of commands on `conversation.outbound`. A repeat of the same outcome has the same id. */
export class OutcomeFacts {
  constructor(private readonly publisher: EventPublisher) {}

  sent(delivery: Delivery, command: SendMessage, attempt: string, possiblyRepeated: boolean, settled: SettledSend) {
    const data: MessageSent = {
      ...partiesOf(command),
      messageId: command.messageId,
      providerMessageId: settled.providerMessageId!,
      providerConversationId: settled.providerConversationId,
      ...(attempt && { attempt }),
      ...(settled.resolvedBy && { resolvedBy: settled.resolvedBy }),
      possiblyRepeated,
      ...{ at: settled.at, acceptedAt: command.acceptedAt },
      ...(settled.changed && { changed: settled.changed }),
      ...(settled.sanitised && { sanitised: [...settled.sanitised] }),
      ...(settled.agentless && { agentless: true }),
      ...(command.divertedFrom && { divertedFrom: command.divertedFrom }),
      ...(command.campaign && { campaignId: command.campaign.campaignId }),
      ...(settled.flagged && { flagged: [...settled.flagged] }),
      ...(command.part && { part: command.part }),
      content: contentAsSent(command, settled),
    };
    const id = factId(command.messageId, 0);
    // Before the fact: whatever the customer answers there has a conversation.
    const mapped = settled.agentless && settled.providerConversationId;
    const before = mapped ? [mappedEvent(factId(id, 1), delivery, command, mapped, settled.at)] : [];
    return this.publish(EVENTS.messageSent, delivery, id, command, data, before);
  }

  /** It goes on by another channel: final here. */
  diverted(delivery: Delivery, command: SendMessage, { at, code, reason, diverted }: SettledSend) {
    const { messageId } = command;
    const data: MessageDiverted = {
      ...partiesOf(command),
      messageId,
      command: diverted!,
      code: code!,
      reason: reason!,
      at,
    };
    return this.publish(EVENTS.messageDiverted, delivery, factId(messageId, 0), command, data);
  }

  /** Under the id of every outcome: a message ends once. */
  suppressed(delivery: Delivery, command: SendMessage, attempt: string, settled: SettledSend) {
    const data = suppressedData(command, attempt, settled);
    return this.publish(EVENTS.messageSuppressed, delivery, factId(command.messageId, 0), command, data);
  }

  failed(delivery: Delivery, command: SendMessage, attempt: string, settled: SettledSend) {
    return this.publish(
      EVENTS.messageFailed,
      delivery,
      factId(command.messageId, 0),
      command,
      failedData(command, attempt, settled),
    );
  }

  /** A command that is dead-lettered: the fact has an id of its own, because a replay may still send the message. */
  deadLettered(delivery: Delivery, command: SendMessage, reason: string) {
    const settled = { at: new Date().toISOString(), code: 'dead-lettered', reason };
    const id = factId(`${command.messageId}/dead/${delivery.origin}`);
    return this.publish(EVENTS.messageFailed, delivery, id, command, failedData(command, '', settled));
  }

  /** A command that is dead-lettered because it cannot be read: a fact as far as it says which message of whom it is about. */
  async unreadable(command: SendMessage, origin: string, reason: string): Promise<void> {
    const settled = { at: new Date().toISOString(), code: 'dead-lettered', reason };
    const { content: _, ...data } = failedData(command, '', settled);
    if (problemsOf(MessageFailed, data).length > 0) return;
    const { messageId, conversationId: key, tenant, at: time } = data;
    const id = factId(`${messageId}/dead/${origin}`);
    const parts = { id, key, data, tenant, subject: messageId, time, source: SOURCE };
    await this.publisher.publish([{ contract: EVENTS.messageFailed, event: newEvent(EVENTS.messageFailed, parts) }]);
  }

  unresolved(delivery: Delivery, command: SendMessage, attempt: string, settled: SettledSend) {
    const data: MessageUnresolved = {
      ...partiesOf(command),
      messageId: command.messageId,
      reason: settled.reason ?? 'whether the provider took the message is not known',
      ...(attempt && { attempt }),
      resolvedBy: 'report',
      ...{ at: settled.at, acceptedAt: command.acceptedAt },
      ...(command.divertedFrom && { divertedFrom: command.divertedFrom }),
      ...(command.campaign && { campaignId: command.campaign.campaignId }),
      content: command.content,
    };
    return this.publish(EVENTS.messageUnresolved, delivery, factId(command.messageId, 0), command, data);
  }

  /**
   * The id follows from the command event: a redelivery says the same again, a command that is given again and waits again says
   * something new.
   *
   * @param until the message fails as expired then
   */
  held(delivery: Delivery, command: SendMessage, until: string, { cause, resumeAt, askedBy }: WhyHeld) {
    const { messageId } = command;
    const again: SendMessage = { ...command, expiresAt: until };
    const at = new Date().toISOString();
    const data: MessageHeld = {
      ...partiesOf(command),
      messageId,
      command: again,
      until,
      ...(cause && { cause }),
      ...(resumeAt && { resumeAt }),
      ...(askedBy && { askedBy }),
      at,
    };
    return this.publish(EVENTS.messageHeld, delivery, factId(`${messageId}/held/${delivery.event.id}`), command, data);
  }

  /** @param senderAddress the number of the sender that it is with */
  opened(delivery: Delivery, parties: Parties, opened: SettledSend, senderAddress: string, possiblyRepeated: boolean) {
    const providerConversationId = opened.providerConversationId!;
    const data: ProviderConversationOpened = {
      ...partiesOf(parties),
      providerConversationId,
      senderAddress,
      possiblyRepeated,
      at: opened.at,
    };
    const { account, tenant, conversationId } = parties;
    const id = factId(`${account}/${providerConversationId}/opened`);
    const fact = newEvent(EVENTS.providerConversationOpened, {
      id,
      key: conversationId,
      data,
      tenant,
      subject: providerConversationId,
      time: opened.at,
      source: SOURCE,
      cause: delivery,
    });
    return this.publisher.publish([
      mappedEvent(factId(id, 1), delivery, parties, providerConversationId, opened.at),
      { contract: EVENTS.providerConversationOpened, event: fact },
    ]);
  }

  private publish<T extends object>(
    contract: EventContract<T>,
    delivery: Delivery,
    id: string,
    command: SendMessage,
    data: T & { at: string },
    before: readonly OutgoingEvent[] = [],
  ): Promise<void> {
    const event = newEvent(contract, {
      id,
      key: command.conversationId,
      data,
      tenant: command.tenant,
      subject: command.messageId,
      time: data.at,
      source: SOURCE,
      cause: delivery,
    });
    return this.publisher.publish([...before, { contract, event }]);
  }
}

/** A provider conversation is one of ours for good. */
function mappedEvent(
  id: string,
  cause: Delivery,
  parties: Parties,
  providerConversationId: string,
  at: string,
): OutgoingEvent {
  const { account, tenant, conversationId } = parties;
  const key = mappingKey(tenant, account, providerConversationId);
  const data = { ...partiesOf(parties), providerConversationId, at };
  const parts = { id, key, data, tenant, subject: conversationId, time: at, source: SOURCE, cause };
  return { contract: EVENTS.conversationMapped, event: newEvent(EVENTS.conversationMapped, parts) };
}
