import { Injectable } from '@nestjs/common';
import { EVENTS } from '@heliograph/contracts';
import { EventPublisher, newEvent } from '@heliograph/kafka';
import { Log } from '@heliograph/runtime';
import { ApiError, badRequest } from '../errors/api-error.ts';
import { metrics } from '../metrics.ts';
import { AcceptanceStore, type Acceptance } from './acceptance.store.ts';
import { acceptable, type Acceptable } from './message-acceptance.ts';
import type { AcceptedMessageResponse } from './message.response.ts';
import type { SendMessageRequest } from './send-message.request.ts';
import { Senders } from './senders.ts';

export const SOURCE = '/heliograph/messaging-api';

/** Callers wait for the answer: better an early 503 than a late 202. */
const PUBLISH_DEADLINE_MS = 1_500;

/** Accepts messages: first use of the key in Redis, then the command on Kafka, then the answer. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly senders: Senders,
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
    const wanted = acceptable(request, tenant, key, this.senders);
    const { messageId, conversationId } = wanted.command;
    if (wanted.command.expiresAt) await this.refuseExpired(messageId, wanted.command.expiresAt);
    const now = new Date().toISOString();
    const { first, acceptance } = await this.acceptances.accept(messageId, {
      tenant,
      conversationId,
      hash: wanted.hash,
      acceptedAt: now,
    });
    if (acceptance.hash !== wanted.hash) throw reused(messageId, acceptance);
    await this.publish(wanted, acceptance.acceptedAt);
    metrics.accepted.inc({ channel: request.channel, repeated: String(!first) });
    await this.confirm(messageId);
    return { messageId, conversationId, status: 'queued' };
  }

  /** Only for a first use: a repetition gets the answer of the first, whatever the time is by now. */
  private async refuseExpired(messageId: string, expiresAt: string): Promise<void> {
    if (Date.parse(expiresAt) > Date.now() || (await this.acceptances.find(messageId))) return;
    throw badRequest([{ field: 'expiresAt', reason: 'is in the past' }]);
  }

  private async publish({ command }: Acceptable, acceptedAt: string): Promise<void> {
    const event = newEvent(EVENTS.sendMessage, {
      id: command.messageId,
      key: command.conversationId,
      subject: command.messageId,
      source: SOURCE,
      tenant: command.tenant,
      time: acceptedAt,
      data: { ...command, acceptedAt },
    });
    const deadline = Date.now() + PUBLISH_DEADLINE_MS;
    await this.publisher.publish([{ contract: EVENTS.sendMessage, event }], { deadline });
  }

  /** The command is durable by now, so a failure here changes nothing but the status shown until session-state knows it. */
  private async confirm(messageId: string): Promise<void> {
    try {
      await this.acceptances.confirm(messageId);
    } catch (err) {
      this.log.warn({ messageId, err }, 'acceptance not confirmed');
    }
  }
}

function reused(messageId: string, first: Acceptance): ApiError {
  const reason = `was first used at ${first.acceptedAt} with another body, for message ${messageId}`;
  return new ApiError(422, `Idempotency-Key ${reason}`, [{ field: 'Idempotency-Key', reason }]);
}
