import { encodeEvent, type CloudEvent, type EventContract, type TopicDefinition } from '@heliograph/contracts';
import { sleep, Unavailable, withDeadline } from '@heliograph/runtime';
import type { Kafka } from '../cluster/kafka.ts';
import { countRecord, publisherMetrics } from './metrics.ts';
import { produceConnections } from './open-produce.ts';
import { partitionOf } from './partition-of.ts';
import type { Refusal } from './produce-connection.ts';
import { Publication } from './publication.ts';
import { RecordTooLarge } from './record-too-large.ts';
import { bytesOf, placeOf, SendQueue, type Message, type Sendable } from './send-queue.ts';
import { Sender } from './sender.ts';
import { partsOf } from './refused-batch.ts';

/** An event and the contract that says where it goes. */
export interface OutgoingEvent {
  readonly contract: EventContract;
  readonly event: CloudEvent;
}

/** A record as it is, for copies such as dead letters. */
export type OutgoingRecord = Message;

export interface PublishOptions {
  /** Moment of Date.now() after which no try begins and the caller gets its answer; 5 s from now when absent. */
  readonly deadline?: number;
}

export interface PublisherOptions {
  /** Milliseconds until the deadline of a publish that names none. */
  readonly deadlineMs?: number;
  /** Milliseconds until one try is given up, its connections are cut and the batch is tried again. */
  readonly tryTimeoutMs?: number;
  /** Most bytes of one partition in one request, and of one event. Must be below the topics' `max.message.bytes`. */
  readonly partitionBytes?: number;
  /** Most bytes that may wait for acknowledgement; beyond them a publish is refused at once. */
  readonly waitingBytes?: number;
  /** Milliseconds `close` waits for what is under way. */
  readonly closeWithinMs?: number;
}

const DEFAULTS: Required<PublisherOptions> = {
  deadlineMs: 5_000,
  tryTimeoutMs: 3_000,
  partitionBytes: 900_000,
  waitingBytes: 64_000_000,
  closeWithinMs: 5_000,
};

/** A copy of a record carries more headers than the record did; the broker takes 1,048,588 bytes. */
const COPY_ALLOWANCE = 100_000;
const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 500;

/**
 * Writes events durably, in the order they are published.
 *
 * One batch is under way at a time; what is published meanwhile makes the next one (group commit, no linger). A batch that
 * fails is tried again, the same records in the same order, before the next begins: so records of one key never overtake
 * each other. A record may be written more than once: it is repeated after a lost answer, with the same id. kafkajs'
 * idempotence is not used, since it loses acknowledged records after any failed send; the other client goes without, too.
 *
 * A publish that rejects with `Unavailable` may still have been written by a try that had begun; it is not tried again.
 * Whoever needs order between two publishes of one key waits for the first before the second.
 */
export class EventPublisher {
  private readonly options: Required<PublisherOptions>;
  private readonly queue: SendQueue;
  private readonly sender: Sender;
  private readonly open = new Set<Publication>();
  private readonly closed = new AbortController();
  private waitingBytes = 0;
  private running: Promise<void> | undefined;
  private isRunning = false;
  private isClosing = false;
  private failure: string | undefined;

  constructor(
    private readonly kafka: Kafka,
    options: PublisherOptions = {},
  ) {
    this.options = { ...DEFAULTS, ...options };
    this.queue = new SendQueue(this.options.partitionBytes);
    const { tryTimeoutMs } = this.options;
    this.sender = new Sender(produceConnections(kafka, tryTimeoutMs), tryTimeoutMs);
  }

  /**
   * Resolves when all in-sync replicas have all of the events.
   *
   * @throws RecordTooLarge when one of the events is; none of this call was sent then
   * @throws Unavailable at the deadline, or at once when too much is waiting; whether they were written is unknown
   */
  async publish(events: readonly OutgoingEvent[], { deadline }: PublishOptions = {}): Promise<void> {
    const records = events.map(({ contract, event }) => this.prepare(contract.topic, encodeEvent(event)));
    await this.submit(records, this.options.partitionBytes, deadline);
  }

  /**
   * Writes one record as it is, to the partition of its key; without a key to the first.
   *
   * @throws RecordTooLarge and Unavailable as `publish` does
   */
  async publishRecord(
    topic: TopicDefinition,
    record: OutgoingRecord,
    { deadline }: PublishOptions = {},
  ): Promise<void> {
    await this.submit([this.prepare(topic, record)], this.options.partitionBytes + COPY_ALLOWANCE, deadline);
  }

  /** Why the last try failed; undefined while Kafka takes what is sent. For readiness. */
  problem(): string | undefined {
    return this.failure === undefined ? undefined : `Kafka does not take records: ${this.failure}`;
  }

  /** Waits for what is under way, within its bound; the rest rejects with `Unavailable`. Publishes no more. */
  async close(): Promise<void> {
    this.isClosing = true;
    await withDeadline(Promise.resolve(this.running), this.options.closeWithinMs, 'closing').catch(() => undefined);
    for (const publication of this.open)
      publication.fail('closed', new Unavailable('kafka', 'the publisher is closed'));
    this.queue.clear();
    this.closed.abort();
    await this.sender.close();
    await this.running;
  }

  private prepare(topic: TopicDefinition, message: Message): Omit<Sendable, 'publication'> {
    const { key } = message;
    if (key === '') throw new Error(`a record for ${topic.name} has an empty key: without a key there is no order`);
    const partition = key === null ? 0 : partitionOf(key, this.kafka.partitionsOf(topic));
    const bytes = bytesOf(message);
    const physical = this.kafka.physical(topic.name);
    const place = placeOf(physical, partition);
    return { name: topic.name, topic: physical, partition, place, message, bytes, acknowledged: false };
  }

  private async submit(
    records: readonly Omit<Sendable, 'publication'>[],
    limit: number,
    deadline = Date.now() + this.options.deadlineMs,
  ): Promise<void> {
    if (records.length === 0) return;
    const tooLarge = records.find((record) => record.bytes > limit);
    if (tooLarge) {
      publisherMetrics.records.inc({ topic: tooLarge.name, outcome: 'too-large' }, records.length);
      throw new RecordTooLarge(tooLarge.name, tooLarge.bytes, limit);
    }
    const bytes = records.reduce((sum, record) => sum + record.bytes, 0);
    if (this.isClosing) throw new Unavailable('kafka', 'the publisher is closed');
    if (this.waitingBytes > 0 && this.waitingBytes + bytes > this.options.waitingBytes) {
      throw new Unavailable(
        'kafka',
        `${this.waitingBytes} bytes wait already${this.failure ? `: ${this.failure}` : ''}`,
      );
    }
    const publication = this.track(records, bytes, deadline);
    this.queue.add(records.map((record) => Object.assign(record, { publication })));
    if (!this.isRunning) this.running = this.run();
    await publication.done;
  }

  private track(records: readonly { name: string }[], bytes: number, deadline: number): Publication {
    this.waitingBytes += bytes;
    publisherMetrics.waiting.inc(bytes);
    const publication = new Publication(records.length, deadline, ({ end }) => {
      this.open.delete(publication);
      this.waitingBytes -= bytes;
      publisherMetrics.waiting.dec(bytes);
      for (const { name } of records) countRecord(name, end!);
    });
    this.open.add(publication);
    return publication;
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    try {
      // What is published in the same turn goes along.
      await Promise.resolve();
      while (!this.queue.isEmpty) {
        const batch = this.queue.take();
        if (batch.length === 0) continue;
        publisherMetrics.batch.observe(batch.length);
        const stop = publisherMetrics.seconds.startTimer();
        await this.deliver(batch);
        stop();
      }
    } finally {
      this.isRunning = false;
    }
  }

  /** Returns when nothing of the batch is left to be tried. */
  private async deliver(batch: readonly Sendable[]): Promise<void> {
    let wait = FIRST_WAIT_MS;
    for (;;) {
      const left = batch.filter((record) => !record.acknowledged && record.publication.isDue());
      if (left.length === 0) return;
      try {
        const refusals = await this.sender.send(left);
        this.failure = undefined;
        publisherMetrics.tries.inc({ result: refusals.length > 0 ? 'refused' : 'acknowledged' });
        for (const refusal of refusals) await this.isolate(refusal);
        return;
      } catch (error) {
        this.failure = error instanceof Error ? error.message : String(error);
        publisherMetrics.tries.inc({ result: 'failed' });
        this.kafka.log.warn(
          { records: left.length, reason: this.failure },
          'a batch was not acknowledged, trying again',
        );
      }
      await sleep(wait * (0.5 + Math.random() / 2), this.closed.signal);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  /** Finds the records that are meant by a refusal, so that the others of the batch do not suffer from it. */
  private async isolate({ records, reason }: Refusal): Promise<void> {
    const parts = partsOf(records, reason);
    for (const part of parts) if (parts.length > 1) await this.deliver(part);
    if (parts.length > 1) return;
    this.kafka.log.warn({ topic: records[0]!.topic, records: records.length, reason }, 'records were refused');
    for (const { publication, name, bytes } of records) {
      if (reason === 'MESSAGE_TOO_LARGE') publication.fail('too-large', new RecordTooLarge(name, bytes));
      else publication.fail('refused', new Unavailable('kafka', `${name}: ${reason}`));
    }
  }
}
