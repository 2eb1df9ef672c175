import { FenceLost, Retryable, Unavailable } from '@heliograph/runtime';
import type { Outcome } from '../outcome.ts';
import { backOffMs, type BackOffSettings } from './back-off.ts';
import { DelayQueue } from './delay-queue.ts';
import type { Lane, LaneOwner, LaneRecord } from './lane.ts';

export interface LaneSchedulerOptions {
  /** Handlers running at the same time. Waiting lanes do not count. */
  readonly workers: number;
  /** Tries of a record that fails with `Retryable` before it is dead-lettered. */
  readonly attempts: number;
  readonly backOff: BackOffSettings;
  /** Decodes, validates and handles one record. */
  readonly handle: (record: LaneRecord) => Promise<Outcome>;
  /** Writes the dead letter; the record is finished only when this resolved. */
  readonly bury: (record: LaneRecord, reason: string) => Promise<void>;
  readonly onFinished: (record: LaneRecord, work: LaneOwner, outcome: FinalOutcome) => void;
  readonly onFenceLost: (work: LaneOwner) => void;
  readonly onFailure: (record: LaneRecord, error: unknown, plan: string) => void;
}

export type FinalOutcome = 'done' | 'skipped' | 'dead';

/**
 * Runs lanes: at most one record of a lane in work, lanes taken in the order they became ready, so no lane starves.
 *
 * Invariants: a lane is in `ready` exactly when its state is `ready` and its partition is admitted, in `work.held` when
 * it is ready and the partition is not. A record leaves its lane only when it is finished. Whatever ends after its
 * partition was closed changes nothing but frees its worker.
 */
export class LaneScheduler {
  private ready: Lane[] = [];
  private readyHead = 0;
  private readonly delays = new DelayQueue();
  /** Keys whose earlier attempt, begun before the partition was lost, is still running. */
  private readonly leftovers = new Map<string, Promise<void>>();
  private running = 0;
  private stopped = false;
  private idleWaiters: (() => void)[] = [];

  constructor(private readonly options: LaneSchedulerOptions) {}

  get runningCount(): number {
    return this.running;
  }

  /** Puts a record at the end of its lane, behind records of the same or a higher priority (lower number). */
  enqueue(lane: Lane, record: LaneRecord, priorityOf: (record: LaneRecord) => number): void {
    const priority = priorityOf(record);
    const first = lane.state === 'running' ? 1 : 0;
    let at = lane.queue.length;
    while (at > first && priorityOf(lane.queue[at - 1]!) > priority) at--;
    lane.queue.splice(at, 0, record);
    if (lane.queue.length === 1 || (at === 0 && lane.state === 'waiting')) this.makeReady(lane);
  }

  /** Lanes of an admitted partition may run. */
  release(work: LaneOwner): void {
    const held = work.held;
    work.held = [];
    for (const lane of held) this.ready.push(lane);
    this.pump();
  }

  /** Takes no new work; running handlers go on. Resolves when the last one ended or after `limitMs`. */
  async drain(limitMs: number): Promise<boolean> {
    this.stopped = true;
    this.delays.clear();
    if (this.running === 0) return true;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), limitMs);
      this.idleWaiters.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  private makeReady(lane: Lane): void {
    lane.state = 'ready';
    lane.turn++;
    if (lane.work.admitted) this.ready.push(lane);
    else lane.work.held.push(lane);
    this.pump();
  }

  private pump(): void {
    while (!this.stopped && this.running < this.options.workers) {
      const lane = this.nextReady();
      if (!lane) return;
      if (lane.work.closed || lane.state !== 'ready') continue;
      if (!lane.work.admitted) lane.work.held.push(lane);
      else this.start(lane);
    }
  }

  private nextReady(): Lane | undefined {
    const lane = this.ready[this.readyHead];
    if (!lane) {
      this.ready = [];
      this.readyHead = 0;
      return undefined;
    }
    this.readyHead++;
    return lane;
  }

  private start(lane: Lane): void {
    const record = lane.queue[0]!;
    const leftover = this.leftovers.get(lane.key);
    if (leftover) return this.wait(lane, leftover);
    lane.state = 'running';
    lane.turn++;
    this.running++;
    const work = lane.work;
    const run = this.options
      .handle(record)
      .then((outcome) => this.settle(lane, record, outcome))
      .catch((error: unknown) => this.fail(lane, record, error))
      .finally(() => {
        this.running--;
        if (work.closed && this.leftovers.get(lane.key) === run) this.leftovers.delete(lane.key);
        if (this.running === 0) this.idleWaiters.splice(0).forEach((wake) => wake());
        this.pump();
      });
    lane.attemptInWork = run;
  }

  /** Forgets a partition's waiting work; what is running becomes a leftover that its key waits for. */
  close(work: LaneOwner): void {
    work.closed = true;
    work.admitted = false;
    work.held = [];
    for (const lane of work.lanes.values()) {
      if (lane.state === 'running' && lane.attemptInWork) this.leftovers.set(lane.key, lane.attemptInWork);
      lane.turn++;
    }
    work.lanes.clear();
  }

  private async settle(lane: Lane, record: LaneRecord, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'blocked') return this.wait(lane, outcome.until);
    if (outcome.kind === 'dead' && !lane.work.closed) await this.options.bury(record, outcome.reason);
    this.finish(lane, record, outcome.kind);
  }

  private async fail(lane: Lane, record: LaneRecord, error: unknown): Promise<void> {
    const { attempts, backOff } = this.options;
    if (lane.work.closed) return;
    if (error instanceof FenceLost) {
      this.options.onFenceLost(lane.work);
      return this.makeReady(lane);
    }
    if (error instanceof Unavailable) {
      record.waits++;
      this.options.onFailure(record, error, 'waits');
      return this.wait(lane, Date.now() + backOffMs({ ...backOff, maxMs: 5_000 }, record.waits));
    }
    if (error instanceof Retryable && record.attempt < attempts) {
      this.options.onFailure(record, error, 'is tried again');
      const at = Date.now() + backOffMs(backOff, record.attempt);
      record.attempt++;
      return this.wait(lane, at);
    }
    this.options.onFailure(record, error, 'is dead-lettered');
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const tries = error instanceof Retryable ? ` (after ${record.attempt} attempts)` : '';
    try {
      await this.options.bury(record, reason + tries);
      this.finish(lane, record, 'dead');
    } catch (buryError) {
      record.waits++;
      this.options.onFailure(record, buryError, 'waits');
      this.wait(lane, Date.now() + backOffMs({ ...backOff, maxMs: 5_000 }, record.waits));
    }
  }

  private finish(lane: Lane, record: LaneRecord, outcome: FinalOutcome): void {
    if (lane.work.closed) return;
    record.finished = true;
    lane.queue.shift();
    this.options.onFinished(record, lane.work, outcome);
    if (lane.queue.length > 0) this.makeReady(lane);
    else lane.work.lanes.delete(lane.key);
  }

  private wait(lane: Lane, until: Promise<unknown> | number): void {
    if (lane.work.closed) return;
    lane.state = 'waiting';
    const turn = ++lane.turn;
    const wake = () => {
      if (lane.turn === turn && !this.stopped) this.makeReady(lane);
    };
    if (typeof until === 'number') this.delays.add(until, wake);
    else until.then(wake, wake);
  }
}
