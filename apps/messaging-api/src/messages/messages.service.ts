import { Injectable } from '@nestjs/common';
import { EVENTS } from '@heliograph/contracts';
import { EventPublisher, newEvent, type OutgoingEvent } from '@heliograph/kafka';
import { Log } from '@heliograph/runtime';
import { ContentAcceptance } from '../contents/content-acceptance.ts';
import { ApiError, badRequest } from '../errors/api-error.ts';
import { metrics } from '../metrics.ts';
import { AcceptanceStore, type Acceptance } from './acceptance.store.ts';
import { acceptable, type Command } from './message-acceptance.ts';
import type { AcceptedMessageResponse } from './message.response.ts';
import type { SendMessageRequest } from './send-message.request.ts';
import { Senders } from './senders.ts';

export const SOURCE = '/heliograph/messaging-api';

/** Callers wait for the answer: better an early 503 than a late 202. */
const PUBLISH_DEADLINE_MS = 1_500;
/** How long a message is held for the customer to write, where the request does not say. */
const HELD_MS = 24 * 60 * 60 * 1000;

/** Accepts messages: first use of the key in Redis, then the command on Kafka, then the answer. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly senders: Senders,
    private readonly contents: ContentAcceptance,
    private readonly acceptances: AcceptanceStore,
    private readonly publisher: EventPublisher,
    private readonly log: Log,
  ) {}

  /**
   * A repetition publishes the command again, with the same id and content: the first attempt may have failed between the
   * two writes, and the send ledger drops what it has seen.
   *
   * @throws ApiError 400, or 422 when the key was used for another request
   * @throws Unavailable when Redis or Kafka cannot be reached; a repetition with the same key is safe
   */
  async send(tenant: string, key: string, request: SendMessageRequest): Promise<AcceptedMessageResponse> {
    const accepted = this.contents.accept(request, tenant);
    const { commands, hash } = acceptable(request, tenant, key, this.senders, accepted);
    const { messageId, conversationId, expiresAt } = commands[0]!;
    if (expiresAt) await this.refuseExpired(messageId, expiresAt);
    const { first, acceptance } = await this.accept(commands, hash);
    if (acceptance.hash !== hash) throw reused(messageId, acceptance);
    await this.publish(commands, acceptance.acceptedAt);
    metrics.accepted.inc({ channel: request.channel, repeated: String(!first) });
    await this.confirm(commands);
    const { flagged } = accepted;
    return {
      messageId,
      conversationId,
      status: 'queued',
      ...partsOf(commands),
      ...(flagged.length > 0 && { flagged }),
    };
  }

  /** The first message decides; the others only have to be found by their ids. */
  private async accept([head, ...others]: readonly Command[], hash: string) {
    const noted = (command: Command, acceptedAt: string) => {
      const { messageId, tenant, conversationId } = command;
      return this.acceptances.accept(messageId, { tenant, conversationId, hash, acceptedAt });
    };
    const result = await noted(head!, new Date().toISOString());
    const { acceptance } = result;
    if (acceptance.hash === hash) await Promise.all(others.map((command) => noted(command, acceptance.acceptedAt)));
    return result;
  }

  /** Only for a first use: a repetition gets the answer of the first, whatever the time is by now. */
  private async refuseExpired(messageId: string, expiresAt: string): Promise<void> {
    if (Date.parse(expiresAt) > Date.now() || (await this.acceptances.find(messageId))) return;
    throw badRequest([{ field: 'expiresAt', reason: 'is in the past' }]);
  }

  /** All in one batch: they are of one conversation, so they are written, and read, in this order. */
  private async publish(commands: readonly Command[], acceptedAt: string): Promise<void> {
    const deadline = Date.now() + PUBLISH_DEADLINE_MS;
    await this.publisher.publish(
      commands.map((command) => eventOf(command, acceptedAt)),
      { deadline },
    );
  }

  /** The command is durable by now, so a failure here changes nothing but the status shown until session-state knows it. */
  private async confirm(commands: readonly Command[]): Promise<void> {
    try {
      await Promise.all(commands.map(({ messageId }) => this.acceptances.confirm(messageId)));
    } catch (err) {
      this.log.warn({ messageId: commands[0]!.messageId, err }, 'acceptance not confirmed');
    }
  }
}

function eventOf(command: Command, acceptedAt: string): OutgoingEvent {
  const { messageId, conversationId: key, tenant, ifWindowClosed, expiresAt } = command;
  const held = ifWindowClosed === 'hold' && !expiresAt && new Date(Date.parse(acceptedAt) + HELD_MS).toISOString();
  const data = { ...command, ...(held && { expiresAt: held }), acceptedAt };
  const parts = { id: messageId, key, subject: messageId, source: SOURCE, tenant, time: acceptedAt, data };
  return { contract: EVENTS.sendMessage, event: newEvent(EVENTS.sendMessage, parts) };
}

function partsOf(commands: readonly Command[]): Pick<AcceptedMessageResponse, 'parts'> {
  if (commands.length === 1) return {};
  return {
    parts: commands.map(({ messageId, content }, index) => ({ messageId, index: index + 1, type: content.type })),
  };
}

function reused(messageId: string, first: Acceptance): ApiError {
  const reason = `was first used at ${first.acceptedAt} with another body, for message ${messageId}`;
  return new ApiError(422, `Idempotency-Key ${reason}`, [{ field: 'Idempotency-Key', reason }]);
}
