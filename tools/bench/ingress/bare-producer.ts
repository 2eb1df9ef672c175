// By its default export: Node finds few names in this CommonJS module by itself.
import kafkajs, { type Message, type Producer } from 'kafkajs';

interface Waiting {
  message: Message;
  resolve: () => void;
  reject: (reason: unknown) => void;
}

/**
 * kafkajs' producer with group commit and nothing else: no deadline, no retry of ours, no cap, no care for failed sends.
 * What the publisher of libs/kafka costs is what lies between the two.
 */
export class BareProducer {
  readonly #producer: Producer;
  readonly #topic: string;
  #waiting: Waiting[] = [];
  #isSending = false;

  private constructor(producer: Producer, topic: string) {
    this.#producer = producer;
    this.#topic = topic;
  }

  /** Creates the topic, as many partitions as given, and connects. */
  static async open(brokers: string[], topic: string, partitions: number): Promise<BareProducer> {
    const kafka = new kafkajs.Kafka({ clientId: 'bare-ingress', brokers, logLevel: kafkajs.logLevel.ERROR });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }], waitForLeaders: true });
    await admin.disconnect();
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    return new BareProducer(producer, topic);
  }

  /** Resolves when all in-sync replicas have the record. */
  send(message: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, resolve, reject });
      if (!this.#isSending) void this.#sendWaiting();
    });
  }

  /** What comes while one batch is under way makes the next one. */
  async #sendWaiting(): Promise<void> {
    this.#isSending = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const messages = batch.map(({ message }) => message);
        await this.#producer.send({ topic: this.#topic, acks: -1, messages });
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isSending = false;
  }
}
