import { Injectable } from '@nestjs/common';
import type { MessageProgress, SessionSnapshot } from '@heliograph/contracts';
import { SessionReader } from '@heliograph/conversations';
import { Kafka, partitionOf } from '@heliograph/kafka';

export type Progress = MessageProgress & Pick<SessionSnapshot, 'conversationId'>;

/** Session state by conversation, as one tenant may see it. */
@Injectable()
export class Sessions {
  constructor(
    private readonly reader: SessionReader,
    private readonly kafka: Kafka,
  ) {}

  /** Partition of everything that is keyed by the conversation. */
  partitionOf(conversationId: string): number {
    return partitionOf(conversationId, this.kafka.settings.conversationPartitions);
  }

  /**
   * @returns undefined when nothing happened in the conversation yet, or it belongs to another tenant
   * @throws Unavailable
   */
  async find(tenant: string, conversationId: string): Promise<SessionSnapshot | undefined> {
    const session = await this.reader.read(this.partitionOf(conversationId), conversationId);
    return session?.tenant === tenant ? session : undefined;
  }

  /** Whether the contact was erased with all that had been accepted at a moment. @throws Unavailable */
  async isErased(tenant: string, conversationId: string, at: string): Promise<boolean> {
    const session = await this.find(tenant, conversationId);
    return session?.erasedAt !== undefined && Date.parse(at) <= Date.parse(session.erasedAt);
  }

  /**
   * Where a message stands. One that another message goes on as is `queued` until its own conversation knows of it.
   *
   * @param conversationId where it is known
   * @returns undefined when session-state does not know the message, or it belongs to another tenant
   * @throws Unavailable
   */
  async progressOf(tenant: string, messageId: string, conversationId?: string): Promise<Progress | undefined> {
    const id = conversationId ?? (await this.reader.conversationOf(messageId));
    const session = id === undefined ? undefined : await this.find(tenant, id);
    const progress = session && progressIn(session, messageId);
    if (progress || !session) return progress;
    const diverted = session.messages.find(({ divertedTo }) => divertedTo?.messageId === messageId);
    if (!diverted) return undefined;
    const { conversationId: goesOnIn } = diverted.divertedTo!;
    const there = await this.find(tenant, goesOnIn);
    const { at, messageId: divertedFrom } = diverted;
    const given: Progress = { messageId, status: 'queued', at, divertedFrom, conversationId: goesOnIn };
    return (there && progressIn(there, messageId)) ?? given;
  }
}

function progressIn({ messages, conversationId }: SessionSnapshot, messageId: string): Progress | undefined {
  const progress = messages.find((message) => message.messageId === messageId);
  return progress && { ...progress, conversationId };
}
