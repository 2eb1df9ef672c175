import kafkajs, { type Message, type Producer } from 'kafkajs';
import { bareKafka } from './bare-kafka.ts';
import { GroupCommit } from './group-commit.ts';

/** A record and where it goes. */
export interface TopicMessage extends Message {
  readonly topic: string;
}

/** All of a request may be for one partition, and a broker takes a batch of 1 MiB. */
const REQUEST_BYTES = 700_000;

/**
 * kafkajs' producer with group commit and nothing else: no deadline, no retry of ours, no cap, no care for failed sends.
 * What the publisher of libs/kafka costs is what lies between the two.
 */
export class BareProducer {
  readonly #producer: Producer;
  readonly #waiting = new GroupCommit<TopicMessage>((messages) => this.sendAll(messages));

  private constructor(producer: Producer) {
    this.#producer = producer;
  }

  static async open(brokers: string[]): Promise<BareProducer> {
    const producer = bareKafka(brokers).producer({
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return new BareProducer(producer);
  }

  /** Resolves when all in-sync replicas have the record. */
  send(message: TopicMessage): Promise<void> {
    return this.#waiting.add(message);
  }

  /** The same for all of them, in as few requests as the broker's limit of a batch allows, one after the other. */
  async sendAll(messages: readonly TopicMessage[]): Promise<void> {
    for (let from = 0; from < messages.length;) {
      let bytes = 0;
      let end = from;
      do bytes += messages[end]!.value?.length ?? 0;
      while (++end < messages.length && bytes < REQUEST_BYTES);
      await this.#sendRequest(messages.slice(from, end));
      from = end;
    }
  }

  async #sendRequest(messages: readonly TopicMessage[]): Promise<void> {
    const byTopic = new Map<string, Message[]>();
    for (const { topic, ...message } of messages) {
      const found = byTopic.get(topic);
      if (found) found.push(message);
      else byTopic.set(topic, [message]);
    }
    const topicMessages = [...byTopic].map(([topic, ofTopic]) => ({ topic, messages: ofTopic }));
    await this.#producer.sendBatch({ acks: -1, topicMessages });
  }

  async close(): Promise<void> {
    await this.#producer.disconnect();
  }
}
