import { Injectable } from '@nestjs/common';
import type { SessionSnapshot } from '@heliograph/contracts';
import { SessionReader } from '@heliograph/conversations';
import { Kafka, partitionOf } from '@heliograph/kafka';

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

  /**
   * Where a message stands.
   *
   * @param conversationId where it is known
   * @returns undefined when session-state does not know the message, or it belongs to another tenant
   * @throws Unavailable
   */
  async progressOf(tenant: string, messageId: string, conversationId?: string) {
    const id = conversationId ?? (await this.reader.conversationOf(messageId));
    const session = id === undefined ? undefined : await this.find(tenant, id);
    const progress = session?.messages.find((message) => message.messageId === messageId);
    return session && progress && { ...progress, conversationId: session.conversationId };
  }
}
