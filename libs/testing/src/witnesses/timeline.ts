import { randomUUID } from 'node:crypto';
import { TOPICS, type TimelineEntry } from '@heliograph/contracts';
import type { System } from '../system/system.ts';
import { followTopic, type Following } from '../topic-reader.ts';

/** What an independent reader found on the timeline that must not be there. Empty lists when all is well. */
export interface TimelineFaults {
  /** The next number was not the last one plus one. */
  gaps: string[];
  /** One number, two facts. */
  numbersUsedTwice: string[];
  /** One fact, two numbers. */
  factsTwice: string[];
}

/**
 * Reads `conversation.timeline` in a group of its own, as another team would, and applies the rule of the contract: whatever
 * is not above the last sequence of its conversation is a redelivery and must be the very entry seen before.
 */
export class TimelineReader {
  readonly #entries = new Map<string, TimelineEntry[]>();
  readonly #numberOfFact = new Map<string, string>();
  readonly #faults: TimelineFaults = { gaps: [], numbersUsedTwice: [], factsTwice: [] };
  #following: Following | undefined;
  redelivered = 0;
  count = 0;

  /** Begins at the beginning of the topic and goes on until it is closed. */
  static async start(system: System): Promise<TimelineReader> {
    const reader = new TimelineReader();
    reader.#following = await followTopic({
      brokers: system.brokers,
      topic: system.topic(TOPICS.conversationTimeline),
      group: `${system.namespace}evidence-${randomUUID()}`,
      onRecord: ({ json }) => reader.#read(json as TimelineEntry | undefined),
    });
    return reader;
  }

  #read(entry: TimelineEntry | undefined): void {
    // What is no entry is for the test that put it there.
    if (typeof entry?.sequence !== 'number') return;
    const { conversationId, sequence, factId } = entry;
    const entries = this.#entries.get(conversationId) ?? [];
    this.#entries.set(conversationId, entries);
    const place = `${conversationId} ${sequence}`;
    const before = entries[sequence - 1];
    if (before) {
      this.redelivered++;
      if (before.factId !== factId) this.#faults.numbersUsedTwice.push(`${place}: ${before.factId} and ${factId}`);
      return;
    }
    if (sequence !== entries.length + 1) this.#faults.gaps.push(`${place} after ${entries.length}`);
    const other = this.#numberOfFact.get(factId);
    if (other !== undefined) this.#faults.factsTwice.push(`${factId}: ${other} and ${place}`);
    this.#numberOfFact.set(factId, place);
    entries[sequence - 1] = entry;
    this.count++;
  }

  /** Of one conversation, in order. */
  of(conversationId: string): TimelineEntry[] {
    return this.#entries.get(conversationId) ?? [];
  }

  /** Of all conversations, each in its order. */
  all(): TimelineEntry[] {
    return [...this.#entries.values()].flat();
  }

  /** Those of one kind, oldest first within their conversation. */
  ofKind(kind: string): TimelineEntry[] {
    return this.all().filter((entry) => entry.kind === kind);
  }

  get faults(): TimelineFaults {
    return this.#faults;
  }

  async close(): Promise<void> {
    await this.#following?.close();
  }
}

/** What an entry's message says, for text. */
export function textOf({ fact }: TimelineEntry): string | undefined {
  return (fact.content as { text?: string } | undefined)?.text;
}
