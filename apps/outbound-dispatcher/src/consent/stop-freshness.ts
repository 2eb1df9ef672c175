import type { OnModuleDestroy } from '@nestjs/common';
import { FreshnessKeeper } from '@heliograph/kafka';
import { FreshnessStore, STOPS_FOLDED, type RedisClient } from '@heliograph/redis';
import type { Log } from '@heliograph/runtime';
import { stopFreshness } from '../metrics.ts';

/**
 * Most milliseconds between the moment as of which every opt-out stands in Redis, and the look at them. From the moment a STOP was
 * acknowledged by ingress: 900 until the last look that may not see it, 50 until the first byte of what was begun by that look, 50 to
 * spare: one second.
 */
export const CURRENT_MS = 900;

/** What is marked is where consent is read: whoever has read the marks has reached them. */
const AT_ONCE = { ends: async () => new Map([[0, 0]]), places: () => [{ partition: 0, offset: 0, fence: '' }] };

export interface StopFreshnessParts {
  readonly redis: RedisClient;
  /** Of the conversations. */
  readonly partitions: number;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * How current is what customers have said, by partition of the conversations they say it in: the last stage of the path from
 * webhooks over dedup-router and session-state (docs/decisions/0019-freshness-marks.md).
 */
export class StopFreshness implements OnModuleDestroy {
  /** By partition: the moment of performance.now() as of which its mark is. */
  private readonly asOf = new Map<number, number>();
  private readonly marks: FreshnessStore;
  private readonly keeper: FreshnessKeeper<ReadonlyMap<number, number>>;
  private problem: string | undefined;

  constructor(private readonly parts: StopFreshnessParts) {
    this.marks = new FreshnessStore(parts.redis, STOPS_FOLDED);
    this.keeper = new FreshnessKeeper({
      ...AT_ONCE,
      asOf: () => this.readMarks(),
      mark: (_, moments) => this.raise(moments),
      onError: (error) => this.failed(error),
    });
  }

  start(): void {
    stopFreshness.add(this);
    this.keeper.start();
  }

  async onModuleDestroy(): Promise<void> {
    stopFreshness.delete(this);
    await this.keeper.stop();
  }

  /** Whether who has said no in conversations of these partitions is known up to now. */
  isCurrent(partitions: Iterable<number>): boolean {
    for (const partition of partitions) if (this.ageMs(partition) > CURRENT_MS) return false;
    return true;
  }

  /** Of the partition that is furthest behind; Infinity while one has no mark. */
  get oldestSeconds(): number {
    const all = Array.from({ length: this.parts.partitions }, (_, partition) => this.ageMs(partition));
    return Math.max(...all) / 1_000;
  }

  private ageMs(partition: number): number {
    return performance.now() - (this.asOf.get(partition) ?? -Infinity);
  }

  /** Redis' clock is read after the request has left, so counted from there no mark looks younger than it is. */
  private async readMarks(): Promise<ReadonlyMap<number, number>> {
    const sentAt = performance.now();
    const { now, marks } = await this.marks.read(this.parts.partitions);
    const moments = new Map<number, number>();
    for (const [partition, mark] of marks.entries()) {
      if (mark !== undefined) moments.set(partition, sentAt - (now.ms - mark));
    }
    return moments;
  }

  private raise(moments: ReadonlyMap<number, number>): void {
    this.problem = undefined;
    for (const [partition, moment] of moments) {
      this.asOf.set(partition, Math.max(moment, this.asOf.get(partition) ?? -Infinity));
    }
  }

  /** Said once, until it goes better. */
  private failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.problem === undefined) this.parts.log.warn({ reason }, 'how current opt-outs are cannot be told');
    this.problem = reason;
  }
}
