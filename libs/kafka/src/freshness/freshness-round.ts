import { PendingMoments } from './pending-moments.ts';

/** What a stage is told of what comes before it. */
export interface FreshnessSource<M> {
  /**
   * The moment as of which everything was contained in the stage's input: now for the first stage, else the mark of the stage
   * before, the lowest of its partitions. Undefined when there is none.
   */
  asOf(): Promise<M | undefined>;
  /** Where the partitions of the input end. */
  ends(): Promise<ReadonlyMap<number, number>>;
}

/**
 * Freshness marks of one stage (docs/decisions/0019-freshness-marks.md). The mark of a partition is M when everything that ingress
 * had acknowledged before M, and that concerns the stage, is contained in what the stage has published.
 *
 * Order is everything: first the moment, then the ends, then how far the stage is. What was acknowledged before the moment is
 * before the ends, and the stage has handled it when it has reached them.
 */
export class FreshnessRound<M> {
  private readonly partitions = new Map<number, PendingMoments<M>>();

  constructor(private readonly source: FreshnessSource<M>) {}

  /** Notes a moment for every partition. @throws what the source throws; nothing is noted then */
  async look(): Promise<void> {
    const moment = await this.source.asOf();
    if (moment === undefined) return;
    for (const [partition, end] of await this.source.ends()) this.of(partition).note(moment, end);
  }

  /**
   * The latest moment that a partition has reached since it was asked last.
   *
   * @param endedBelow everything below it has ended, and its effects are acknowledged
   */
  reach(partition: number, endedBelow: number): M | undefined {
    return this.partitions.get(partition)?.reach(endedBelow);
  }

  /** Whether a partition still has moments to reach. */
  isPending(partition: number): boolean {
    return this.partitions.get(partition)?.isEmpty === false;
  }

  /** Forgets partitions that this process does not work on. */
  keepOnly(partitions: ReadonlySet<number>): void {
    for (const partition of this.partitions.keys()) if (!partitions.has(partition)) this.partitions.delete(partition);
  }

  private of(partition: number): PendingMoments<M> {
    let pending = this.partitions.get(partition);
    if (!pending) this.partitions.set(partition, (pending = new PendingMoments()));
    return pending;
  }
}
