import { randomUUID } from 'node:crypto';
import type { TopicDefinition } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import type { Kafka } from '../cluster/kafka.ts';
import { openSource } from '../consumer/open-source.ts';
import type { RecordSource, SourceListener, SourceRecord } from '../consumer/record-source.ts';
import type { KafkaLog, KafkaOptions } from '../settings.ts';

/** Short times, for tests: a group gives a silent member up after the shortest time brokers allow. */
export const QUICK: Partial<KafkaOptions> = {
  sessionTimeoutMs: 6_000,
  rebalanceTimeoutMs: 10_000,
  heartbeatMs: 100,
  maxWaitTimeInMs: 100,
};

export type SourceEvent =
  | { readonly kind: 'assigned'; readonly assignment: ReadonlyMap<string, readonly number[]> }
  | { readonly kind: 'heartbeat'; readonly generation: number }
  | { readonly kind: 'rebalancing' };

/** A group member that keeps everything it is told. */
export class Member implements SourceListener {
  readonly events: SourceEvent[] = [];
  readonly seen: SourceRecord[] = [];
  readonly crashes: Error[] = [];
  readonly ends = new Map<string, number>();
  /** How far it has passed, also over what is no record. */
  readonly passed = new Map<string, number>();
  readonly source: RecordSource;

  constructor(
    kafka: Kafka,
    readonly group: string,
    private readonly topics: readonly TopicDefinition[],
  ) {
    this.source = openSource(kafka, group, topics);
  }

  rebalancing(): void {
    this.events.push({ kind: 'rebalancing' });
  }
  assigned(assignment: ReadonlyMap<string, readonly number[]>): void {
    this.events.push({ kind: 'assigned', assignment });
  }
  heartbeat(generation: number): void {
    this.events.push({ kind: 'heartbeat', generation });
  }
  records(topic: string, partition: number, records: readonly SourceRecord[], endOffset: number, next: number): void {
    this.ends.set(`${topic}/${partition}`, endOffset);
    this.passed.set(`${topic}/${partition}`, next);
    this.seen.push(...records);
  }
  crashed(error: Error): void {
    this.crashes.push(error);
  }

  /** What it has, once a heartbeat has proven it. */
  get owned(): ReadonlyMap<string, readonly number[]> | undefined {
    const last = this.events.findLastIndex(({ kind }) => kind !== 'heartbeat');
    const event = this.events[last];
    return event?.kind === 'assigned' && last < this.events.length - 1 ? event.assignment : undefined;
  }

  /** Partition numbers it has of its first topic. */
  get numbers(): readonly number[] {
    return this.owned?.get(this.topics[0]!.name) ?? [];
  }

  get generations(): number[] {
    return this.events.flatMap((event) => (event.kind === 'heartbeat' ? [event.generation] : []));
  }

  offsets(topic: TopicDefinition, partition = 0): number[] {
    return this.seen.filter((r) => r.topic === topic.name && r.partition === partition).map(({ offset }) => offset);
  }

  /** Waits until it is in the group and has so many partitions of its first topic. */
  async has(count: number): Promise<void> {
    await waitFor(() => this.owned !== undefined && this.numbers.length === count, {
      timeoutMs: 30_000,
      description: `a member of ${this.group} has ${count} partitions`,
    });
  }

  async sees(count: number, topic = this.topics[0]!, partition = 0): Promise<void> {
    await waitFor(() => this.offsets(topic, partition).length >= count, {
      timeoutMs: 30_000,
      description: `${count} records of partition ${partition} are seen`,
    });
  }
}

/** Starts members and ends them all. */
export class Members {
  private readonly started: Member[] = [];

  async start(kafka: Kafka, topics: readonly TopicDefinition[], group = newGroup()): Promise<Member> {
    const member = new Member(kafka, group, topics);
    this.started.push(member);
    await member.source.start(member);
    return member;
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.started.splice(0).map((member) => member.source.stop()));
  }
}

export const newGroup = (): string => `group-${randomUUID()}`;

/** A log that keeps its warnings. */
export function keepingLog(): KafkaLog & { warnings: Readonly<Record<string, unknown>>[] } {
  const warnings: Readonly<Record<string, unknown>>[] = [];
  return { warnings, debug: () => undefined, warn: (fields) => warnings.push(fields) };
}
