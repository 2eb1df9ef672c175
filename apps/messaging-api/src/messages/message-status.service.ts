import { Injectable } from '@nestjs/common';
import { ApiError } from '@heliograph/http-api';
import { Sessions } from '../conversations/sessions.ts';
import { AcceptanceStore, type Acceptance } from './acceptance.store.ts';
import type { MessageResponse } from './message.response.ts';

/** What became of a message: as session-state knows it, before that as this service accepted it. */
@Injectable()
export class MessageStatusService {
  constructor(
    private readonly acceptances: AcceptanceStore,
    private readonly sessions: Sessions,
  ) {}

  /**
   * @throws ApiError 404 when the tenant has no such message
   * @throws Unavailable
   */
  async statusOf(tenant: string, messageId: string): Promise<MessageResponse> {
    const acceptance = await this.acceptanceOf(tenant, messageId);
    const progress = await this.sessions.progressOf(tenant, messageId, acceptance?.conversationId);
    if (progress) {
      const { conversationId, status, at, reason, providerMessageId, divertedTo, divertedFrom } = progress;
      return { messageId, conversationId, status, at, reason, providerMessageId, divertedTo, divertedFrom };
    }
    if (!acceptance) throw new ApiError(404, 'There is no message with this id');
    const { conversationId, acceptedAt, written } = acceptance;
    if (await this.sessions.isErased(tenant, conversationId, acceptedAt)) {
      throw new ApiError(404, 'There is no message with this id: its contact was erased');
    }
    return { messageId, conversationId, status: written ? 'queued' : 'accepting', at: acceptedAt };
  }

  private async acceptanceOf(tenant: string, messageId: string): Promise<Acceptance | undefined> {
    const acceptance = await this.acceptances.find(messageId);
    return acceptance?.tenant === tenant ? acceptance : undefined;
  }
}
