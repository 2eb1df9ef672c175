import type { Outcome } from '../outcome.ts';
import { Admission } from './admission.ts';
import { BackPressure } from './back-pressure.ts';
import { Committer } from './committer.ts';
import { ConsumerHealth } from './consumer-health.ts';
import { endedBelow, type Concerns, type Ended } from './ended-below.ts';
import type { LaneConsumerOptions, Progress } from './consumer-options.ts';
import type { InputProgress } from './input-progress.ts';
import type { Lane } from './lane.ts';
import { LaneRecord } from './lane-record.ts';
import { LaneScheduler, type FinalOutcome } from './lane-scheduler.ts';
import { ConsumerParking } from './parking/consumer-parking.ts';
import { PartitionWork } from './partition-work.ts';
import { RecordHandler } from './record-handler.ts';
import type { SourceListener, SourceRecord } from './record-source.ts';

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
  private readonly admission: Admission;
  private readonly committer: Committer;
  private readonly pressure: BackPressure;
  private readonly handler: RecordHandler;
  private readonly health: ConsumerHealth;
  private readonly parking: ConsumerParking | undefined;
  private readonly priorities: ReadonlyMap<string, number>;
  private stopping = false;

  constructor(private readonly options: LaneConsumerOptions) {
    const { source, topics, prioritised = false, observer, limits } = options;
    this.priorities = new Map(topics.map(({ name }, index) => [name, prioritised ? index : 0]));
    this.pressure = new BackPressure(source, { ...DEFAULT_LIMITS, ...limits });
    this.handler = new RecordHandler(options);
    this.health = new ConsumerHealth(options.stuckAfterMs ?? 60_000);
    this.scheduler = this.openScheduler();
    this.committer = new Committer({
      source,
      works: this.works,
      intervalMs: options.commitIntervalMs ?? 1_000,
      onRefused: (reason) => observer.event('commit refused; it is tried again', { reason }),
    });
    this.parking = options.parking && this.openParking(options.parking);
    this.admission = new Admission({
      gate: options.gate,
      prepare: async (work) => this.parking?.of(work).recover(),
      onAdmitted: (work) => {
        this.scheduler.release(work);
        this.parking?.of(work).resume();
      },
      event: (message, fields) => observer.event(message, fields),
    });
  }

  async start(): Promise<void> {
    await this.options.source.start(this);
    this.committer.start();
    this.parking?.start();
  }

  /** Stops taking work, waits for running handlers up to the drain limit, commits what is finished and leaves the group. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.committer.stop();
    const drained = await this.scheduler.drain(this.options.drainMs ?? 10_000);
    if (!drained) this.options.observer.event('stopped with work in flight; it is taken up by the next owner');
    await this.committer.commit();
    await this.options.source.stop();
    for (const work of this.works.values()) this.scheduler.close(work);
    await this.parking?.stop();
  }

  /** Why this consumer is not ready; undefined when it is. */
  problem(): string | undefined {
    return this.health.problem(this.running, this.works.values());
  }

  /** Somebody else who works under the fence of a partition was refused: it is admitted anew, as when a handler is. */
  fenceLost(partition: number): void {
    this.admission.suspend(this.works.get(partition), 'the fence was lost');
  }

  /** Progress per input and parked topic, for metrics. */
  *progress(): Iterable<Progress> {
    const now = Date.now();
    const { parking } = this;
    for (const work of this.works.values()) {
      for (const [topic, input] of work.inputs) {
        const { lag, records, bytes, paused } = input;
        const place = { topic, partition: work.partition };
        const parked = () => parking?.parkedOn(topic, work);
        yield { ...place, lag, records, bytes, paused, parked, ageSeconds: () => input.ageSeconds(now) };
      }
    }
  }

  /** How far a partition is, for marks of freshness: {@link endedBelow}. Undefined where this member may not say. */
  ended(topic: string, partition: number, concerns: Concerns): Ended | undefined {
    return endedBelow(this.works.get(partition), topic, concerns);
  }

  /** A source was asked where a partition ends; a paused one tells nothing by itself. */
  endsAt(topic: string, partition: number, endOffset: number): void {
    const input = this.works.get(partition)?.inputs.get(topic);
    if (input) input.endOffset = Math.max(input.endOffset, endOffset);
  }

  get running(): number {
    return this.scheduler.runningCount;
  }

  rebalancing(): void {
    this.options.observer.event('rebalance announced');
    void this.committer.commit();
    for (const work of this.works.values()) work.suspend('the group is rebalancing', 1);
  }

  assigned(assignment: ReadonlyMap<string, readonly number[]>): void {
    const partitions = new Set([...assignment.values()].flat());
    this.admission.joined();
    this.health.hasJoined();
    for (const [partition, work] of this.works) {
      if (partitions.has(partition)) continue;
      this.scheduler.close(work);
      this.parking?.drop(work);
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
    this.health.heartbeat();
    this.admission.heartbeat(generation, this.works.values());
  }

  records(topic: string, partition: number, records: readonly SourceRecord[], endOffset: number, next: number): void {
    const work = this.works.get(partition);
    if (!work || this.stopping) return;
    const priority = this.priorities.get(topic);
    // Copies are only announced by the source: they are read when their lane may run.
    if (priority === undefined) return this.parking?.hasReached(work, topic, records);
    const input = work.input(topic);
    input.endOffset = endOffset;
    for (const source of records) this.take(source, work, input, priority);
    input.watermark.pass(next);
    this.pressure.apply(input, partition);
  }

  crashed(error: Error): void {
    this.health.crashed(error);
    this.options.onCrash(error);
  }

  private take(source: SourceRecord, work: PartitionWork, input: InputProgress, priority: number): void {
    const record = new LaneRecord(source, work, input, priority);
    if (!input.watermark.see(record.place)) return;
    input.take(source.bytes);
    this.options.observer.received(input.topic);
    const lane = work.lane(record.key);
    if (lane.parked) this.parking!.of(work).follow(lane, record);
    else this.scheduler.enqueue(lane, record);
  }

  private adopt(partition: number): void {
    const work = new PartitionWork(partition);
    this.parking?.adopt(work);
    this.works.set(partition, work);
    // The client keeps pauses across assignments; a partition that comes back must not stay paused for ever.
    for (const topic of this.priorities.keys()) this.options.source.resume(topic, partition);
  }

  private openScheduler(): LaneScheduler {
    const { workers = 256, attempts = 8, backOff = { firstMs: 200, maxMs: 30_000 }, observer } = this.options;
    return new LaneScheduler({
      workers,
      attempts,
      backOff,
      handle: (record) => this.handle(record),
      bury: (record, reason) => this.bury(record, reason),
      onFinished: (record, lane, outcome) => this.finished(record, lane, outcome),
      onParkedWaits: (lane) => this.parking!.of(lane.work).waits(lane),
      onEmpty: (lane) => {
        if (lane.parked) this.parking!.of(lane.work).settle(lane);
        else lane.work.lanes.delete(lane.key);
      },
      onFenceLost: ({ partition }) => this.admission.suspend(this.works.get(partition), 'the fence was lost'),
      onFailure: (record, error, plan) => observer.failed(record, error, plan),
    });
  }

  private openParking(options: NonNullable<LaneConsumerOptions['parking']>): ConsumerParking {
    const { observer } = this.options;
    const inputs = [...this.priorities].map(([topic, priority]) => ({ topic, priority }));
    return new ConsumerParking(options, {
      scheduler: this.scheduler,
      limits: this.pressure.limits,
      inputs,
      onMoved: (record, as) => {
        if (as === 'parked') observer.parked?.(record.topic);
        else observer.finished(record.topic, 'skipped', 0);
        this.release(record);
      },
      event: (message, fields) => observer.event(message, fields),
    });
  }

  private async handle(record: LaneRecord): Promise<Outcome> {
    // The scheduler counts this one already.
    if (this.running <= 1) this.health.movement();
    record.startedAt = performance.now();
    try {
      return await this.handler.handle(record);
    } finally {
      this.health.movement();
    }
  }

  private async bury(record: LaneRecord, reason: string): Promise<void> {
    await this.handler.bury(record, reason);
    this.options.observer.dead(record, reason);
  }

  private finished(record: LaneRecord, lane: Lane, outcome: FinalOutcome): void {
    if (record.isCopy) {
      this.parking!.of(lane.work).ended(lane, record);
      this.options.observer.returned?.(record.topic);
    }
    this.options.observer.finished(record.topic, outcome, (performance.now() - record.startedAt) / 1000);
    this.release(record);
  }

  /** A record is finished, or out of memory. */
  private release(record: LaneRecord): void {
    record.place.finish();
    record.input.release(record.source.bytes);
    if (this.priorities.has(record.input.topic)) this.pressure.apply(record.input, record.partition);
  }
}
