import { FenceLost, Retryable, Unavailable } from '@heliograph/runtime';
import type { Outcome } from '../outcome.ts';
import { backOffMs, type BackOffSettings } from './back-off.ts';
import { DelayQueue } from './delay-queue.ts';
import { Fifo } from './fifo.ts';
import type { Lane, LaneOwner, LaneWait } from './lane.ts';
import type { LaneRecord } from './lane-record.ts';

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
  readonly onFinished: (record: LaneRecord, lane: Lane, outcome: FinalOutcome) => void;
  /** The first record of a lane that is partly parked has to wait. */
  readonly onParkedWaits: (lane: Lane) => void;
  /** Nothing of a lane is left in memory. */
  readonly onEmpty: (lane: Lane) => void;
  readonly onFenceLost: (work: LaneOwner) => void;
  readonly onFailure: (record: LaneRecord, error: unknown, plan: string) => void;
}

export type FinalOutcome = 'done' | 'skipped' | 'dead';

/** Nobody else could run either while one of these is away, so a lane that waits for it is never parked. */
const NEEDED_BY_ALL = new Set(['kafka', 'redis', 'this process']);

/**
 * Runs lanes: at most one record of a lane in work, lanes taken in the order they became ready, so no lane starves.
 *
 * Invariants: a lane is in `ready` exactly when its state is `ready` and its partition is admitted, in `work.held` when
 * it is ready and the partition is not. A record leaves its lane only when it is finished or parked. Whatever ends after its
 * partition was closed changes nothing but frees its worker.
 */
export class LaneScheduler {
  private readonly ready = new Fifo<Lane>();
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
  enqueue(lane: Lane, record: LaneRecord): void {
    const isFirst = lane.queue.add(record, lane.state === 'running');
    if (isFirst && lane.state === 'waiting') this.makeReady(lane);
  }

  /** Ends the wait of a lane, or its place among the ready ones, without running it: its records are taken away. */
  withdraw(lane: Lane): void {
    lane.state = 'waiting';
    lane.turn++;
    const { wait } = lane;
    lane.wait = undefined;
    wait?.giveUp?.();
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

  /** Forgets a partition's waiting work; what is running becomes a leftover that its key waits for. */
  close(work: LaneOwner): void {
    work.closed = true;
    work.admitted = false;
    work.held = [];
    for (const lane of work.lanes.values()) {
      if (lane.state === 'running' && lane.attemptInWork) this.leftovers.set(lane.key, lane.attemptInWork);
      else this.withdraw(lane);
      lane.turn++;
    }
    work.lanes.clear();
  }

  private makeReady(lane: Lane): void {
    lane.state = 'ready';
    lane.turn++;
    lane.wait = undefined;
    if (lane.work.admitted) this.ready.push(lane);
    else lane.work.held.push(lane);
    this.pump();
  }

  private pump(): void {
    while (!this.stopped && this.running < this.options.workers) {
      const lane = this.ready.shift();
      if (!lane) return;
      if (lane.work.closed || lane.state !== 'ready') continue;
      if (!lane.work.admitted) lane.work.held.push(lane);
      else this.start(lane);
    }
  }

  private start(lane: Lane): void {
    const record = lane.queue.first!;
    const leftover = this.leftovers.get(lane.key);
    if (leftover) return this.wait(lane, { cause: undefined, until: leftover });
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
        if (lane.attemptInWork === run) lane.attemptInWork = undefined;
        if (work.closed && this.leftovers.get(lane.key) === run) this.leftovers.delete(lane.key);
        if (this.running === 0) this.idleWaiters.splice(0).forEach((wake) => wake());
        this.pump();
      });
    lane.attemptInWork = run;
  }

  private async settle(lane: Lane, record: LaneRecord, outcome: Outcome): Promise<void> {
    if (outcome.kind === 'blocked') {
      if (lane.work.closed) return outcome.giveUp?.();
      return this.wait(lane, { cause: outcome.reason, until: outcome.until, giveUp: outcome.giveUp });
    }
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
      this.options.onFailure(record, error, 'waits');
      return this.waitForDependency(lane, record, error);
    }
    if (error instanceof Retryable && record.attempt < attempts) {
      this.options.onFailure(record, error, 'is tried again');
      const until = Date.now() + backOffMs(backOff, record.attempt);
      record.attempt++;
      return this.wait(lane, { cause: 'is tried again', until });
    }
    this.options.onFailure(record, error, 'is dead-lettered');
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const tries = error instanceof Retryable ? ` (after ${record.attempt} attempts)` : '';
    try {
      await this.options.bury(record, reason + tries);
      this.finish(lane, record, 'dead');
    } catch (buryError) {
      this.options.onFailure(record, buryError, 'waits');
      this.waitForDependency(lane, record, buryError);
    }
  }

  private waitForDependency(lane: Lane, record: LaneRecord, error: unknown): void {
    record.waits++;
    const { dependency } = error instanceof Unavailable ? error : { dependency: 'this process' };
    const cause = NEEDED_BY_ALL.has(dependency) ? undefined : `${dependency} is unavailable`;
    const until = Date.now() + backOffMs({ ...this.options.backOff, maxMs: 5_000 }, record.waits);
    this.wait(lane, { cause, until });
  }

  private finish(lane: Lane, record: LaneRecord, outcome: FinalOutcome): void {
    if (lane.work.closed) return;
    record.place.finish();
    lane.queue.shift();
    this.options.onFinished(record, lane, outcome);
    if (lane.queue.first) return this.makeReady(lane);
    lane.state = 'waiting';
    this.options.onEmpty(lane);
  }

  private wait(lane: Lane, wait: LaneWait): void {
    if (lane.work.closed) return wait.giveUp?.();
    lane.state = 'waiting';
    lane.wait = wait;
    const turn = ++lane.turn;
    lane.queue.first!.waitedSince ||= Date.now();
    if (lane.queue.letPass()) return this.makeReady(lane);
    const wake = () => {
      if (lane.turn === turn && !this.stopped) this.makeReady(lane);
    };
    if (typeof wait.until === 'number') this.delays.add(wait.until, wake);
    else wait.until.then(wake, wake);
    if (lane.parked) this.options.onParkedWaits(lane);
  }
}
