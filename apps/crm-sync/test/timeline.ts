import { randomUUID } from 'node:crypto';
import { EVENTS, type Parties, type TimelineEntry } from '@heliograph/contracts';
import { connectKafka, EventPublisher, newEvent } from '@heliograph/kafka';
import { parties, testKafkaBrokers } from '@heliograph/testing';

/** A conversation whose timeline a test writes. */
export class Conversation {
  readonly who: Parties = parties();
  #sequence = 0;

  get id(): string {
    return this.who.conversationId;
  }

  says(text: string): TimelineEntry {
    return this.entry('message.received', { content: { type: 'text', text } });
  }

  entry(kind: string, fact: Record<string, unknown>): TimelineEntry {
    const sequence = ++this.#sequence;
    return { ...this.who, sequence, session: 1, kind, factId: randomUUID(), at: new Date().toISOString(), fact };
  }

  /** So many messages of the customer. */
  messages(count: number): TimelineEntry[] {
    return Array.from({ length: count }, () => this.says(`message ${this.#sequence + 1}`));
  }
}

export const PARTITIONS = 3;

/** Writes timeline entries as session-state does. */
export class TimelineWriter {
  readonly #publisher: EventPublisher;

  constructor(namespace: string) {
    const kafka = connectKafka({
      brokers: testKafkaBrokers(),
      clientId: 'test',
      namespace,
      conversationPartitions: PARTITIONS,
    });
    this.#publisher = new EventPublisher(kafka);
  }

  async write(...entries: TimelineEntry[]): Promise<void> {
    await this.#publisher.publish(
      entries.map((data) => ({
        contract: EVENTS.timelineEntry,
        event: newEvent(EVENTS.timelineEntry, {
          id: randomUUID(),
          key: data.conversationId,
          data,
          tenant: data.tenant,
          source: '/heliograph/session-state',
        }),
      })),
      { deadline: Date.now() + 30_000 },
    );
  }

  close(): Promise<void> {
    return this.#publisher.close();
  }
}
