import { Injectable } from '@nestjs/common';
import { EVENTS } from '@heliograph/contracts';
import { ApiError } from '@heliograph/http-api';
import { newEvent, type OutgoingEvent } from '@heliograph/kafka';
import { ConsentService } from '../consent/consent.service.ts';
import { ContentAcceptance } from '../contents/content-acceptance.ts';
import { metrics } from '../metrics.ts';
import { AcceptanceStore, type Acceptance } from './acceptance.store.ts';
import { AcceptedCommands, SOURCE } from './accepted-commands.ts';
import { acceptable, type Command } from './message-acceptance.ts';
import type { AcceptedMessageResponse } from './message.response.ts';
import type { SendMessageRequest } from './send-message.request.ts';
import { Senders } from './senders.ts';

/** How long a message is held for the customer to write, where the request does not say. */
const HELD_MS = 24 * 60 * 60 * 1000;

/** Accepts messages: first use of the key in Redis, then the command on Kafka, then the answer. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly senders: Senders,
    private readonly contents: ContentAcceptance,
    private readonly acceptances: AcceptanceStore,
    private readonly accepted: AcceptedCommands,
    private readonly consent: ConsentService,
  ) {}

  /**
   * A repetition publishes the command again, with the same id and content: the first attempt may have failed between the
   * two writes, and the send ledger drops what it has seen.
   *
   * @throws ApiError 400, 403 for a contact who has opted out, or 422 when the key was used for another request
   * @throws Unavailable when Redis or Kafka cannot be reached; a repetition with the same key is safe
   */
  async send(tenant: string, key: string, request: SendMessageRequest): Promise<AcceptedMessageResponse> {
    const contents = this.contents.accept(request, tenant);
    const { commands, hash } = acceptable(request, tenant, key, this.senders, contents);
    const { messageId, conversationId, expiresAt } = commands[0]!;
    if (expiresAt) await this.accepted.refuseExpired(messageId, expiresAt);
    await this.consent.refuseOptedOut(commands[0]!);
    const { first, acceptance } = await this.accept(commands, hash);
    if (acceptance.hash !== hash) throw reused(messageId, acceptance);
    await this.accepted.publish(commands.map((command) => eventOf(command, acceptance.acceptedAt)));
    metrics.accepted.inc({ channel: request.channel, repeated: String(!first) });
    await this.accepted.confirm(
      commands.map((command) => command.messageId),
      { messageId },
    );
    const { flagged, notices } = contents;
    return {
      messageId,
      conversationId,
      status: 'queued',
      ...partsOf(commands),
      ...(flagged.length > 0 && { flagged }),
      ...(notices.length > 0 && { notices }),
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
