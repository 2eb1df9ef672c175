import type { Admin } from 'kafkajs';
import { bareKafka } from '../bare/bare-kafka.ts';
import type { Ends } from '../ends.ts';

/** Tells how many records were written to topics. */
export class TopicEnd {
  readonly close: () => Promise<void>;
  readonly #admin: Admin;

  private constructor(admin: Admin, ends: Ends) {
    this.#admin = admin;
    this.close = ends.add(() => admin.disconnect());
  }

  static async open(brokers: string[], ends: Ends): Promise<TopicEnd> {
    const admin = bareKafka(brokers).admin();
    await admin.connect();
    return new TopicEnd(admin, ends);
  }

  /** All records that were ever written to the topic. */
  async of(topic: string): Promise<number> {
    const offsets = await this.#admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  }
}
