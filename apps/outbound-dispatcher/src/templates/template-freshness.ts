import type { OnModuleDestroy } from '@nestjs/common';
import { TOPICS } from '@heliograph/contracts';
import { FreshnessKeeper, partitionEnds, type Kafka, type PartitionEnds } from '@heliograph/kafka';
import { AccountFreshness, type RedisClient } from '@heliograph/redis';
import type { Log } from '@heliograph/runtime';
import { templateFreshness } from '../metrics.ts';

/**
 * Most milliseconds between the moment as of which the facts of an account's templates are complete, and the look at them. From
 * the moment a rejection was acknowledged by ingress: 900 until the last look that may not show it, 50 until the first byte of
 * what was begun by that look, 50 to spare: one second.
 */
export const CURRENT_MS = 900;

/** By account: the moment, of performance.now(), as of which its marks are. */
type Moments = ReadonlyMap<string, number>;

export interface FreshnessParts {
  readonly kafka: Kafka;
  readonly redis: RedisClient;
  readonly accounts: readonly string[];
  /** Everything of `template.state` below this offset shows in the table. */
  readonly readBelow: () => number;
  readonly log: Log;
}

/**
 * How current the template table is: the last stage of the template path (docs/decisions/0019-freshness-marks.md). The marks of
 * template-registry are read first, then where `template.state` ends; when the table has read up to there, it contains everything
 * that ingress had acknowledged before them.
 */
export class TemplateFreshness implements OnModuleDestroy {
  private readonly asOf = new Map<string, number>();
  private readonly marks: AccountFreshness;
  private readonly ends: PartitionEnds;
  private readonly keeper: FreshnessKeeper<Moments>;
  private problem: string | undefined;

  constructor(private readonly parts: FreshnessParts) {
    const { kafka, redis, readBelow } = parts;
    this.marks = new AccountFreshness(redis, 'templates');
    this.ends = partitionEnds(kafka, TOPICS.templateState);
    this.keeper = new FreshnessKeeper({
      asOf: () => this.readMarks(),
      ends: () => this.ends.ask(),
      places: () => [{ partition: 0, offset: readBelow(), fence: '' }],
      mark: (_, moments) => this.raise(moments),
      onError: (error) => this.failed(error),
    });
  }

  start(): void {
    templateFreshness.add(this);
    this.keeper.start();
  }

  async onModuleDestroy(): Promise<void> {
    templateFreshness.delete(this);
    await this.keeper.stop();
    await this.ends.close();
  }

  /** Whether what the table says of the account's templates is current enough to send by. */
  isCurrent(account: string): boolean {
    return this.ageMs(account) <= CURRENT_MS;
  }

  /** Infinity when nothing is known. */
  ageMs(account: string): number {
    return performance.now() - (this.asOf.get(account) ?? -Infinity);
  }

  /** Of the accounts of which a mark was ever seen. */
  *ages(): Iterable<readonly [account: string, seconds: number]> {
    for (const account of this.asOf.keys()) yield [account, this.ageMs(account) / 1_000];
  }

  /** Redis' clock is read after the request has left, so counted from there no mark looks younger than it is. */
  private async readMarks(): Promise<Moments | undefined> {
    const sentAt = performance.now();
    const { now, marks } = await this.marks.read(this.parts.accounts);
    const moments = new Map<string, number>();
    for (const [index, mark] of marks.entries()) {
      if (mark) moments.set(this.parts.accounts[index]!, sentAt - (now.ms - mark.ms));
    }
    return moments.size > 0 ? moments : undefined;
  }

  private raise(moments: Moments): void {
    this.problem = undefined;
    for (const [account, moment] of moments) {
      this.asOf.set(account, Math.max(moment, this.asOf.get(account) ?? -Infinity));
    }
  }

  /** Said once, until it goes better. */
  private failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.problem === undefined) this.parts.log.warn({ reason }, 'how current templates are cannot be told');
    this.problem = reason;
  }
}
