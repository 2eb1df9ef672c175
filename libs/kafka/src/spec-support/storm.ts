import { EVENTS, type TopicDefinition } from '@heliograph/contracts';
import { FenceLost } from '@heliograph/runtime';
import { IdLedger, waitFor } from '@heliograph/testing';
import type { Kafka } from '../cluster/kafka.ts';
import { DeadLetterWriter } from '../consumer/dead-letters.ts';
import { LaneConsumer } from '../consumer/lane-consumer.ts';
import { openSource } from '../consumer/open-source.ts';
import type { CommitOffset, RecordSource } from '../consumer/record-source.ts';
import { done } from '../outcome.ts';
import type { PartitionGate } from '../partition-gate.ts';
import { EventPublisher } from '../publisher/event-publisher.ts';
import { webhookEvent } from './test-kafka.ts';

/**
 * Consumers that come and go while records are published, and a judge beside them: counts what is handled, and looks at
 * every commit a broker took.
 */
export class Storm {
  readonly ledger = new IdLedger();
  /** What must not be, in words. */
  readonly faults: string[] = [];
  readonly crashes: Error[] = [];
  /** Records handled again. (The ledger counts ids, which a publisher may write twice.) */
  repeats = 0;
  private readonly running = new Set<LaneConsumer>();
  private readonly finished = new Map<number, Set<number>>();
  private readonly committed = new Map<number, number>();
  /** Highest generation admitted per partition: what a fence in Redis is for the services. */
  private readonly fences = new Map<number, number>();
  private readonly publisher: EventPublisher;
  private published = 0;

  constructor(
    kafka: Kafka,
    private readonly topic: TopicDefinition,
    private readonly group: string,
    private readonly keys: number,
  ) {
    this.publisher = new EventPublisher(kafka);
  }

  async publish(count: number): Promise<void> {
    const contract = { type: EVENTS.webhookReceived.type, topic: this.topic };
    const ids = Array.from({ length: count }, () => `e${this.published++}`);
    const events = ids.map((id) => {
      const key = `k${Number(id.slice(1)) % this.keys}`;
      this.ledger.sent(id, key);
      return { contract, event: webhookEvent(id, key) };
    });
    await this.publisher.publish(events, { deadline: Date.now() + 60_000 });
  }

  async join(kafka: Kafka): Promise<LaneConsumer> {
    const nowhere = { publishRecord: () => Promise.reject(new Error('nothing is to be dead-lettered')) };
    const consumer: LaneConsumer = new LaneConsumer({
      topics: [this.topic],
      source: this.watched(openSource(kafka, this.group, [this.topic])),
      gate: this.gate,
      deadLetters: new DeadLetterWriter(nowhere, this.group, new Map([[this.topic.name, this.topic]])),
      handle: async ({ event, partition, offset, fence }) => {
        if (Number(fence) !== this.fences.get(partition)) throw new FenceLost(partition);
        if (offset < (this.committed.get(partition) ?? 0)) {
          this.faults.push(`${partition}/${offset} was begun again after its commit`);
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
        this.ledger.seen(event.id);
        if (this.finishedIn(partition).has(offset)) this.repeats++;
        this.finishedIn(partition).add(offset);
        return done;
      },
      onCrash: (error) => this.crashes.push(error),
      observer: { received() {}, finished() {}, failed() {}, dead() {}, event() {} },
      commitIntervalMs: 100,
      drainMs: 1_000,
      workers: 16,
    });
    this.running.add(consumer);
    await consumer.start();
    return consumer;
  }

  private readonly gate: PartitionGate = {
    admit: async (partition, generation) => {
      if (generation < (this.fences.get(partition) ?? 0)) throw new FenceLost(partition);
      this.fences.set(partition, generation);
      return String(generation);
    },
  };

  async leave(consumer: LaneConsumer): Promise<void> {
    this.running.delete(consumer);
    await consumer.stop();
  }

  async isReady(consumer: LaneConsumer): Promise<void> {
    await waitFor(() => consumer.problem() === undefined, { timeoutMs: 30_000, description: 'a consumer is ready' });
  }

  /** Waits until so many records, or all, were handled. */
  async handled(count = Infinity): Promise<void> {
    await waitFor(() => this.ledger.complete || this.ledger.report().out >= count, {
      timeoutMs: 60_000,
      description: `${count === Infinity ? 'all' : count} records are handled`,
      intervalMs: 50,
      giveUp: () => this.crashes[0],
    });
  }

  async end(): Promise<void> {
    await Promise.all([...this.running].map((consumer) => this.leave(consumer)));
    await this.publisher.close();
  }

  private watched(source: RecordSource): RecordSource {
    return {
      start: (listener) => source.start(listener),
      stop: () => source.stop(),
      pause: (topic, partition) => source.pause(topic, partition),
      resume: (topic, partition) => source.resume(topic, partition),
      commit: async (offsets) => {
        // As known when it is asked for: an answer may come late, after those to the commits of the next owner.
        const before = offsets.map(({ partition }) => this.committed.get(partition) ?? 0);
        await source.commit(offsets);
        offsets.forEach((offset, i) => this.judge(offset, before[i]!));
      },
    };
  }

  private judge({ partition, offset }: CommitOffset, before: number): void {
    if (offset < before) this.faults.push(`the commit of ${partition} went back from ${before} to ${offset}`);
    const finished = this.finishedIn(partition);
    for (let below = before; below < offset; below++) {
      if (!finished.has(below)) this.faults.push(`the commit ${offset} of ${partition} skipped ${below}`);
    }
    this.committed.set(partition, Math.max(this.committed.get(partition) ?? 0, offset));
  }

  private finishedIn(partition: number): Set<number> {
    const finished = this.finished.get(partition) ?? new Set<number>();
    this.finished.set(partition, finished);
    return finished;
  }
}
