import { decodeEvent, type FieldProblem, type TopicDefinition } from '@heliograph/contracts';
import type { Delivery } from '../delivery.ts';
import { deadLetter, type Outcome } from '../outcome.ts';
import type { PartitionGate } from '../partition-gate.ts';
import type { BackOffSettings } from './back-off.ts';
import { originOf, type DeadLetterWriter } from './dead-letters.ts';
import { LaneRecord } from './lane.ts';
import { LaneScheduler, type FinalOutcome } from './lane-scheduler.ts';
import { PartitionWork } from './partition-work.ts';
import type { CommitOffset, RecordSource, SourceListener, SourceRecord } from './record-source.ts';

/** What the consumer tells those who watch it; metrics and logs hang here. */
export interface ConsumerObserver {
  received(topic: string): void;
  finished(topic: string, outcome: FinalOutcome, seconds: number): void;
  /** A handler failed, or a dependency was missing; `plan` says what happens to the record. */
  failed(delivery: Delivery, error: unknown, plan: string): void;
  dead(delivery: Delivery, reason: string): void;
  event(message: string, fields?: Record<string, unknown>): void;
}

export interface LaneConsumerOptions {
  /** Inputs, co-partitioned; the order is their priority within a lane when `prioritised` is set. */
  readonly topics: readonly TopicDefinition[];
  readonly prioritised?: boolean;
  readonly source: RecordSource;
  readonly gate: PartitionGate;
  readonly deadLetters: DeadLetterWriter;
  readonly handle: (delivery: Delivery) => Promise<Outcome>;
  /** Called before the dead letter is written, for example to publish a failed fact. May throw to try again. */
  readonly beforeDeadLetter?: (delivery: Delivery, reason: string) => Promise<void>;
  /** The same for a record that cannot be read, so that there is no event. */
  readonly beforeUnreadable?: (record: Omit<Delivery, 'event'>, reason: string) => Promise<void>;
  /** The source died; the process must end. */
  readonly onCrash: (error: Error) => void;
  readonly observer: ConsumerObserver;
  readonly workers?: number;
  readonly attempts?: number;
  readonly backOff?: BackOffSettings;
  /** Limits per topic-partition; above one of them fetching pauses, below half it resumes. */
  readonly limits?: { readonly records: number; readonly bytes: number; readonly distance: number };
  readonly commitIntervalMs?: number;
  readonly drainMs?: number;
  /** Handlers run, but none has ended for so long: not ready any more. */
  readonly stuckAfterMs?: number;
}

const DEFAULT_LIMITS = { records: 2_000, bytes: 8 * 1024 * 1024, distance: 20_000 };

/**
 * Consumes co-partitioned topics in key order, at least once: one lane per key across all inputs, back-pressure per
 * topic-partition, and a commit of nothing but the watermark.
 *
 * Safety does not rest on draining before a rebalance but on the fence: lanes of a partition run only after the gate
 * admitted it under a generation that a heartbeat has proven, and whoever was admitted later makes earlier tokens void.
 */
export class LaneConsumer implements SourceListener {
  private readonly works = new Map<number, PartitionWork>();
  private readonly scheduler: LaneScheduler;
  private readonly startedAt = new WeakMap<LaneRecord, number>();
  private readonly topics: readonly string[];
  private generation: number | undefined;
  private joined = false;
  private lastHeartbeat = 0;
  /** When a handler last ended, or began while none ran. */
  private lastMovement = Date.now();
  private commitTimer: NodeJS.Timeout | undefined;
  private committing: Promise<void> = Promise.resolve();
  private crash: Error | undefined;
  private stopping = false;

  constructor(private readonly options: LaneConsumerOptions) {
    this.topics = options.topics.map((topic) => topic.name);
    this.scheduler = new LaneScheduler({
      workers: options.workers ?? 256,
      attempts: options.attempts ?? 8,
      backOff: options.backOff ?? { firstMs: 200, maxMs: 30_000 },
      handle: (record) => this.handle(record),
      bury: (record, reason) => this.bury(record, reason),
      onFinished: (record, { partition }, outcome) => this.finished(record, partition, outcome),
      onFenceLost: ({ partition }) => this.suspend(partition, 'the fence was lost'),
      onFailure: (record, error, plan) => options.observer.failed(record, error, plan),
    });
  }

  async start(): Promise<void> {
    await this.options.source.start(this);
    this.commitTimer = setInterval(() => void this.commit(), this.options.commitIntervalMs ?? 1_000);
  }

  /** Stops taking work, waits for running handlers up to the drain limit, commits what is finished and leaves the group. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.commitTimer);
    const drained = await this.scheduler.drain(this.options.drainMs ?? 10_000);
    if (!drained) this.options.observer.event('stopped with work in flight; it is taken up by the next owner');
    await this.commit();
    await this.options.source.stop();
  }

  /** Why this consumer is not ready; undefined when it is. */
  problem(): string | undefined {
    if (this.crash) return `crashed: ${this.crash.message}`;
    if (!this.joined) return 'has not joined its group yet';
    const silent = Date.now() - this.lastHeartbeat;
    if (this.lastHeartbeat > 0 && silent > 30_000) return `no heartbeat for ${Math.round(silent / 1000)} s`;
    const still = Date.now() - this.lastMovement;
    if (this.running > 0 && still > (this.options.stuckAfterMs ?? 60_000)) {
      return `no progress for ${Math.round(still / 1000)} s with ${this.running} records in work`;
    }
    const waiting = [...this.works.values()].filter((work) => !work.admitted);
    if (waiting.length === 0) return undefined;
    return `partitions not admitted: ${waiting.map((work) => `${work.partition} (${work.problem})`).join(', ')}`;
  }

  /** Progress per input, for lag metrics. */
  *progress(): Iterable<{ topic: string; partition: number; lag: number; records: number; bytes: number }> {
    for (const work of this.works.values()) {
      for (const [topic, input] of work.inputs) {
        yield { topic, partition: work.partition, lag: input.lag, records: input.records, bytes: input.bytes };
      }
    }
  }

  get running(): number {
    return this.scheduler.runningCount;
  }

  rebalancing(): void {
    this.options.observer.event('rebalance announced');
    void this.commit();
    for (const work of this.works.values()) work.suspend('the group is rebalancing', 1);
  }

  assigned(assignment: ReadonlyMap<string, readonly number[]>): void {
    const partitions = new Set([...assignment.values()].flat());
    this.generation = undefined;
    this.joined = true;
    for (const [partition, work] of this.works) {
      if (partitions.has(partition)) continue;
      this.scheduler.close(work);
      this.works.delete(partition);
    }
    for (const partition of partitions) {
      const work = this.works.get(partition);
      if (!work) {
        this.adopt(partition);
        continue;
      }
      work.commitHeld = true;
      work.suspend('waits for the first heartbeat', 1);
    }
    this.options.observer.event('assigned', { partitions: [...partitions].sort((a, b) => a - b) });
  }

  heartbeat(generation: number): void {
    this.lastHeartbeat = Date.now();
    this.generation = generation;
    for (const work of this.works.values()) {
      if (work.admitted || work.admitting || --work.heartbeatsToWait > 0) continue;
      void this.admit(work, generation);
    }
  }

  records(topic: string, partition: number, records: readonly SourceRecord[], endOffset: number): void {
    const work = this.works.get(partition);
    if (!work || this.stopping) return;
    const input = work.input(topic);
    input.endOffset = endOffset;
    const priorityOf = this.options.prioritised ? (record: LaneRecord) => this.topics.indexOf(record.topic) : () => 0;
    for (const source of records) {
      const record = new LaneRecord(source, work, originOf(source));
      if (!input.watermark.see(record)) continue;
      input.records++;
      input.bytes += source.bytes;
      this.options.observer.received(topic);
      const key = source.key?.toString('utf8') ?? '';
      this.scheduler.enqueue(work.lane(key), record, priorityOf);
    }
    this.applyPressure(work, topic);
  }

  crashed(error: Error): void {
    this.crash = error;
    this.options.onCrash(error);
  }

  private adopt(partition: number): void {
    this.works.set(partition, new PartitionWork(partition));
    // The client keeps pauses across assignments; a partition that comes back must not stay paused for ever.
    for (const topic of this.topics) this.options.source.resume(topic, partition);
  }

  private async admit(work: PartitionWork, generation: number): Promise<void> {
    work.admitting = true;
    try {
      const fence = await this.options.gate.admit(work.partition, generation);
      if (work.closed || this.generation !== generation) return;
      work.fence = fence;
      work.admitted = true;
      work.commitHeld = false;
      this.scheduler.release(work);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!work.closed) work.suspend(reason, 2);
      this.options.observer.event('partition not admitted', { partition: work.partition, reason });
    } finally {
      work.admitting = false;
      // An assignment came in between: the next heartbeat asks again under its generation.
      if (!work.admitted && work.heartbeatsToWait <= 0) work.heartbeatsToWait = 1;
    }
  }

  private suspend(partition: number, reason: string): void {
    const work = this.works.get(partition);
    if (!work?.admitted) return;
    // Two: only the second heartbeat is certain to have begun after the refusal.
    work.suspend(reason, 2);
    this.options.observer.event('partition suspended', { partition: work.partition, reason });
  }

  private async handle(record: LaneRecord): Promise<Outcome> {
    // The scheduler counts this one already.
    if (this.running <= 1) this.lastMovement = Date.now();
    this.startedAt.set(record, performance.now());
    try {
      return await this.decodeAndHandle(record);
    } finally {
      this.lastMovement = Date.now();
    }
  }

  private async decodeAndHandle(record: LaneRecord): Promise<Outcome> {
    if (!record.event) {
      const decoded = decodeEvent(record.topic, record.source);
      if (!decoded.ok) return this.buryInvalid(record, decoded.problems);
      record.event = decoded.event;
    }
    return this.options.handle(record);
  }

  private async buryInvalid(record: LaneRecord, problems: readonly FieldProblem[]): Promise<Outcome> {
    const list = problems.map(({ field, reason }) => (field ? `${field}: ${reason}` : reason)).join('; ');
    record.memo = problems;
    return deadLetter(`invalid record: ${list}`);
  }

  private async bury(record: LaneRecord, reason: string): Promise<void> {
    const invalid = record.event === undefined;
    if (invalid) await this.options.beforeUnreadable?.(record, reason);
    else await this.options.beforeDeadLetter?.(record, reason);
    const problems = invalid ? (record.memo as readonly FieldProblem[]) : [];
    await this.options.deadLetters.write(record.source, reason, problems);
    this.options.observer.dead(record, reason);
  }

  private finished(record: LaneRecord, partition: number, outcome: FinalOutcome): void {
    const work = this.works.get(partition)!;
    const input = work.input(record.topic);
    input.records--;
    input.bytes -= record.source.bytes;
    const began = this.startedAt.get(record) ?? performance.now();
    this.options.observer.finished(record.topic, outcome, (performance.now() - began) / 1000);
    this.applyPressure(work, record.topic);
  }

  private applyPressure(work: PartitionWork, topic: string): void {
    const limits = this.options.limits ?? DEFAULT_LIMITS;
    const input = work.input(topic);
    const load = Math.max(
      input.records / limits.records,
      input.bytes / limits.bytes,
      input.watermark.distance / limits.distance,
    );
    if (!input.paused && load >= 1) {
      input.paused = true;
      this.options.source.pause(topic, work.partition);
    } else if (input.paused && load < 0.5) {
      input.paused = false;
      this.options.source.resume(topic, work.partition);
    }
  }

  /** One commit at a time; what changed while one was under way goes with the next. */
  private commit(): Promise<void> {
    this.committing = this.committing.then(() => this.commitNow());
    return this.committing;
  }

  private async commitNow(): Promise<void> {
    const offsets: CommitOffset[] = [];
    const acknowledged: (() => void)[] = [];
    for (const work of this.works.values()) {
      if (work.commitHeld) continue;
      for (const [topic, input] of work.inputs) {
        const offset = input.watermark.value;
        if (offset === undefined || offset === input.committed) continue;
        offsets.push({ topic, partition: work.partition, offset });
        acknowledged.push(() => (input.committed = offset));
      }
    }
    if (offsets.length === 0) return;
    try {
      await this.options.source.commit(offsets);
      for (const acknowledge of acknowledged) acknowledge();
    } catch (error) {
      this.options.observer.event('commit refused; it is tried again', {
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
