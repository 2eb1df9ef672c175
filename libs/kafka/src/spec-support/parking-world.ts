import { TOPICS, type TopicDefinition } from '@heliograph/contracts';
import { FenceLost, Retryable } from '@heliograph/runtime';
import type { LaneConsumerOptions } from '../consumer/consumer-options.ts';
import { DeadLetterWriter } from '../consumer/dead-letters.ts';
import { LaneConsumer } from '../consumer/lane-consumer.ts';
import type { Delivery } from '../delivery.ts';
import { blocked, done, skip, type Outcome } from '../outcome.ts';
import type { PartitionGate } from '../partition-gate.ts';
import { MemoryGroup, turns, type MemoryMember } from './memory-group.ts';

export const TOPIC = TOPICS.webhookReceived;
export const PARKED = `${TOPIC.name}.parked`;
export const PARTITIONS = 2;

const open: LaneConsumer[] = [];

/** Ends the consumers of the last test. */
export async function stopAll(): Promise<void> {
  await Promise.all(open.splice(0).map((consumer) => consumer.stop()));
}

/** A group whose members have the effects of their records on one store, which knows claims and the fence. */
export class World {
  readonly group: MemoryGroup;
  /** Origins in the order they took effect. */
  readonly effects: string[] = [];
  /** Runs of records whose effect was there already. */
  repeats = 0;
  givenUp = 0;
  /** What a key waits for; keys without an entry may run. */
  readonly waits = new Map<string, { cause: string; until: Promise<unknown> | number }>();
  counts = { received: 0, finished: 0, parked: 0, returned: 0 };
  private readonly done = new Set<string>();
  private readonly fences = new Map<number, number>();
  private readonly members = new Map<LaneConsumer, MemoryMember>();
  failing: (delivery: Delivery) => boolean = () => false;

  constructor(private readonly topics: readonly TopicDefinition[] = [TOPIC]) {
    const names = topics.map(({ name }) => name);
    this.group = new MemoryGroup([...names, ...names.map((name) => `${name}.parked`)], PARTITIONS);
  }

  async start(options: Partial<LaneConsumerOptions> = {}): Promise<LaneConsumer> {
    const member = this.group.join();
    const consumer = new LaneConsumer({
      topics: this.topics,
      source: member,
      gate: this.gate(),
      deadLetters: new DeadLetterWriter({ publishRecord: async () => undefined }, 'g', new Map([[TOPIC.name, TOPIC]])),
      handle: (delivery) => this.handle(delivery, member),
      onCrash: () => undefined,
      observer: this.observer(),
      commitIntervalMs: 2,
      backOff: { firstMs: 1, maxMs: 2 },
      attempts: 1_000,
      drainMs: 100,
      workers: 3,
      limits: { records: 4, bytes: 1e9, distance: 8 },
      parking: { store: member.parked, afterMs: 0, perLine: 2, everyMs: 1 },
      ...options,
    });
    await consumer.start();
    this.members.set(consumer, member);
    open.push(consumer);
    return consumer;
  }

  /** The process is gone, or the group believes so; what it has begun goes on without the fence. */
  lose(consumer: LaneConsumer): void {
    this.members.get(consumer)!.isPresent = false;
  }

  async step(deliver = 3): Promise<void> {
    this.group.deliver(deliver);
    this.group.beat();
    // Long enough for the timers of the consumers.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const end = Date.now() + 30_000;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
      await this.step(20);
    }
  }

  get isCommitted(): boolean {
    return Array.from({ length: PARTITIONS }, (_, partition) =>
      this.group.topics.every((topic) => this.group.committedOf(topic, partition) === this.group.end(topic, partition)),
    ).every(Boolean);
  }

  private gate(): PartitionGate {
    return {
      admit: async (partition, generation) => {
        await turns(1);
        if ((this.fences.get(partition) ?? 0) > generation) throw new FenceLost(partition);
        this.fences.set(partition, generation);
        return String(generation);
      },
    };
  }

  private async handle(delivery: Delivery, member: MemoryMember): Promise<Outcome> {
    const { partition, event, origin, fence } = delivery;
    await turns(1);
    const wait = this.waits.get(event.partitionKey);
    if (wait) return blocked(wait.cause, wait.until, () => this.givenUp++);
    if (this.failing(delivery)) throw new Retryable('for now');
    if (!member.isPresent || String(this.fences.get(partition)) !== fence) throw new FenceLost(partition);
    if (this.done.has(origin)) {
      this.repeats++;
      return skip('a repeat');
    }
    this.done.add(origin);
    this.effects.push(`${event.partitionKey} ${origin}`);
    return done;
  }

  private observer(): LaneConsumerOptions['observer'] {
    const { counts } = this;
    return {
      received: () => counts.received++,
      finished: () => counts.finished++,
      parked: () => counts.parked++,
      returned: () => counts.returned++,
      failed() {},
      dead() {},
      event() {},
    };
  }
}

/** Offsets in the order they took effect, by key. */
export function orders(effects: readonly string[]): Record<string, number[]> {
  const byKey = Map.groupBy(effects, (effect) => effect.split(' ')[0]!);
  return Object.fromEntries([...byKey].map(([key, of]) => [key, of.map((effect) => Number(effect.split('/').at(-1)))]));
}

export function ascending(offsets: readonly number[]): number[] {
  return [...offsets].sort((a, b) => a - b);
}

export function deferred() {
  let resolve!: () => void;
  const promise = new Promise<void>((r) => (resolve = r));
  return { promise, resolve };
}
