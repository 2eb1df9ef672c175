import { followTopic, type Following, type ReadRecord } from '@heliograph/testing';
import type { Stack } from '../stack/stack-file.ts';

/** Keeps what comes onto some topics from now on, read without the code of the services. */
export class TopicWatch {
  readonly #records = new Map<string, ReadRecord[]>();
  readonly #readers: Following[] = [];

  /** Resolves once every topic is being read. */
  static async start(stack: Stack, topics: readonly string[]): Promise<TopicWatch> {
    const watch = new TopicWatch();
    const since = Date.now();
    await Promise.all(topics.map((topic) => watch.#follow(stack, topic, since)));
    return watch;
  }

  async #follow(stack: Stack, topic: string, since: number): Promise<void> {
    const records: ReadRecord[] = [];
    this.#records.set(topic, records);
    const reader = await followTopic({
      brokers: stack.kafka.brokers,
      topic: `${stack.namespace}${topic}`,
      group: `smoke-${since}-${topic}`,
      onRecord: (record) => {
        if (record.timestampMs >= since) records.push(record);
      },
    });
    this.#readers.push(reader);
  }

  /** The first record of a topic that satisfies the condition. */
  find(topic: string, condition: (record: ReadRecord) => boolean): ReadRecord | undefined {
    return this.#records.get(topic)?.find(condition);
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }
}
