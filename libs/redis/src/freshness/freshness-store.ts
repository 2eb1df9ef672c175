import { Unavailable } from '@heliograph/runtime';
import type { RedisClient } from '../client/redis-client.ts';
import { freshnessKey } from '../keys.ts';
import { MARK_FRESH, MARK_KEEP_MS, readMark, type RedisMoment } from './freshness-mark.ts';

export interface FreshnessStage {
  /** The consumer group that is the stage. */
  readonly group: string;
  /** What its marks speak of: a group may keep marks of several paths. */
  readonly path: string;
}

/** The marks of dedup-router that speak of what providers tell of templates. */
export const TEMPLATE_PATH: FreshnessStage = { group: 'dedup-router', path: 'templates' };

/** The marks of dedup-router that speak of what customers write and say no to. */
export const STOP_PATH: FreshnessStage = { group: 'dedup-router', path: 'stops' };

/** The marks of session-state behind them, by partition of the conversations: whoever said no before stands in Redis. */
export const STOPS_FOLDED: FreshnessStage = { group: 'session-state', path: 'stops' };

/** The marks of a stage as they were read. */
export interface FreshnessReading {
  /** Redis' clock just before the marks were read. */
  readonly now: RedisMoment;
  /** The lowest mark of all partitions; undefined when one is missing, of another Redis run, or ahead of the clock. */
  readonly lowest: RedisMoment | undefined;
  /** By partition, milliseconds; undefined likewise. */
  readonly marks: readonly (number | undefined)[];
}

/**
 * Freshness marks of the stages of a path (docs/decisions/0019-freshness-marks.md), one per stage and partition. Written by the
 * owner of the partition under its fence; read by the stage that comes after.
 */
export class FreshnessStore {
  constructor(
    private readonly redis: RedisClient,
    private readonly stage: FreshnessStage,
  ) {}

  /** Redis' clock. @throws Unavailable */
  async now(): Promise<RedisMoment> {
    const run = this.run();
    return this.sameRun({ run, ms: await this.redis.time() });
  }

  /**
   * Raises the mark of a partition; it never goes back. A moment of a Redis run that is over marks nothing.
   *
   * @throws FenceLost when the fence is missing or another one
   * @throws Unavailable
   */
  async mark(partition: number, { run, ms }: RedisMoment, fence: string): Promise<void> {
    if (run !== this.run()) return;
    const { group } = this.stage;
    const held = { partition, group, token: fence };
    await this.redis.runFenced(MARK_FRESH, held, [this.key(partition)], [run, ms, MARK_KEEP_MS]);
  }

  /** Reads the marks of the partitions 0 to `partitions` − 1, in one round trip. @throws Unavailable */
  async read(partitions: number): Promise<FreshnessReading> {
    const run = this.run();
    const keys = Array.from({ length: partitions }, (_, partition) => this.key(partition));
    const [ms, ...stored] = await Promise.all([
      this.redis.time(),
      ...keys.map((key) => this.redis.call((client) => client.get(key))),
    ]);
    const now = this.sameRun({ run, ms });
    const marks = stored.map((mark) => readMark(mark, now));
    const lowest = marks.includes(undefined) ? undefined : Math.min(...(marks as number[]));
    return { now, lowest: lowest === undefined ? undefined : { run, ms: lowest }, marks };
  }

  private key(partition: number): string {
    return freshnessKey(partition, this.stage.group, this.stage.path);
  }

  private run(): string {
    const { runId } = this.redis;
    if (runId === undefined) throw new Unavailable('redis', this.redis.unavailable ?? 'not verified');
    return runId;
  }

  /** What was asked on one connection may not be taken for the answer of another Redis. */
  private sameRun(moment: RedisMoment): RedisMoment {
    if (this.redis.runId !== moment.run) throw new Unavailable('redis', 'another Redis answers now');
    return moment;
  }
}
