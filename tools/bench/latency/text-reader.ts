import { TOPICS, type TimelineEntry } from '@heliograph/contracts';
import { followTopic, type Following } from '@heliograph/testing';
import type { BenchSystem } from '../bench-system.ts';

/** Reads the timeline topic as another team would, and hands on what customers' messages say. */
export class TextReader {
  onText: (text: string) => void = () => undefined;
  #following: Following | undefined;

  static async start(system: BenchSystem): Promise<TextReader> {
    const reader = new TextReader();
    const { namespace } = system.context;
    reader.#following = await followTopic({
      brokers: system.brokers,
      topic: `${namespace}${TOPICS.conversationTimeline.name}`,
      group: `${namespace}bench-reader`,
      onRecord: ({ json }) => reader.#read(json as TimelineEntry),
    });
    return reader;
  }

  #read({ kind, fact }: TimelineEntry): void {
    const { text } = (fact.content ?? {}) as { text?: string };
    if (kind === 'message.received' && text !== undefined) this.onText(text);
  }

  async close(): Promise<void> {
    await this.#following?.close();
  }
}
