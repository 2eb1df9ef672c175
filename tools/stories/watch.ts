import { TOPICS, type ConversationArchived, type TimelineEntry, type TopicDefinition } from '@heliograph/contracts';
import { followTopic, type Following } from '@heliograph/testing';
import type { Stack } from '../stack/stack-file.ts';
import { readTimeline } from './timeline.ts';

/** What the topics show of some conversations, read as other teams would. */
export class Watch {
  readonly #entries = new Map<string, TimelineEntry[]>();
  readonly #archived = new Map<string, ConversationArchived[]>();
  readonly #routed = new Set<string>();
  readonly #onEntry: (entry: TimelineEntry) => void;
  readonly #readers: Following[] = [];

  /** @param onEntry called with each new entry of a conversation that is watched */
  constructor(onEntry: (entry: TimelineEntry) => void = () => undefined) {
    this.#onEntry = onEntry;
  }

  /** To be called before the first word of the conversation. */
  add(conversation: string): void {
    this.#entries.set(conversation, []);
  }

  /** Resolves once everything is read. @param group begins the names of its consumer groups */
  async start(stack: Stack, group: string): Promise<void> {
    const follow = (name: string, { name: topic }: TopicDefinition, take: (of: string, json: unknown) => void) =>
      followTopic({
        brokers: stack.kafka.brokers,
        topic: `${stack.namespace}${topic}`,
        group: `${group}-${name}`,
        onRecord: ({ key = '', json }) => {
          const [of = ''] = key.split('/');
          if (this.#entries.has(of)) take(of, json);
        },
      });
    const readers = [
      readTimeline(stack, `${group}-timeline`, (entry) => this.#take(entry)),
      follow('inbound', TOPICS.conversationInbound, (of) => void this.#routed.add(of)),
      follow('archive', TOPICS.conversationArchive, (of, json) => {
        this.#archived.set(of, [...this.archivesOf(of), json as ConversationArchived]);
      }),
    ];
    await Promise.all(readers.map(async (reader) => this.#readers.push(await reader)));
  }

  entriesOf(conversation: string): readonly TimelineEntry[] {
    return this.#entries.get(conversation) ?? [];
  }

  /** Whether the router has found out whose conversation it is. */
  isRouted(conversation: string): boolean {
    return this.#routed.has(conversation);
  }

  archivesOf(conversation: string): readonly ConversationArchived[] {
    return this.#archived.get(conversation) ?? [];
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }

  #take(entry: TimelineEntry): void {
    const entries = this.#entries.get(entry.conversationId);
    if (!entries) return;
    entries.push(entry);
    this.#onEntry(entry);
  }
}
