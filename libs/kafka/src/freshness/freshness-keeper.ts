import { setTimeout as delay } from 'node:timers/promises';
import { FreshnessRound, type FreshnessSource } from './freshness-round.ts';

/** How far a stage is with a partition that it may speak for. */
export interface StagePlace {
  readonly partition: number;
  /** Everything below it has ended, its effects are acknowledged; undefined when nothing was seen of it yet. */
  readonly offset: number | undefined;
  /** The fence that the mark is written under. */
  readonly fence: string;
}

export interface FreshnessKeeperOptions<M> extends FreshnessSource<M> {
  /** Of the partitions that this process works on now. */
  readonly places: () => Iterable<StagePlace>;
  /** For partitions of which nothing was seen yet: everything below these offsets has ended. */
  readonly starts?: () => Promise<ReadonlyMap<number, number>>;
  /** A partition's mark has become `moment`. */
  readonly mark: (partition: number, moment: M, fence: string) => Promise<void> | void;
  /** Something failed; the mark stands still until it goes better. */
  readonly onError: (error: unknown, partition?: number) => void;
  /** Milliseconds between two looks; 200 by default. */
  readonly everyMs?: number;
}

/** While something is on its way through the stage: how often it is looked whether it has arrived. */
const STEP_MS = 20;
const STARTS_EVERY_MS = 1_000;

/** Keeps the freshness marks of a stage: looks every 200 ms, and marks what was reached. */
export class FreshnessKeeper<M> {
  private readonly round: FreshnessRound<M>;
  private readonly stopped = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private starts: ReadonlyMap<number, number> = new Map();
  private startsAskedAt = -Infinity;

  constructor(private readonly options: FreshnessKeeperOptions<M>) {
    this.round = new FreshnessRound(options);
  }

  start(): void {
    this.running = this.run();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { everyMs = 200 } = this.options;
    while (!this.isStopped) {
      const due = performance.now() + everyMs;
      await this.round.look().catch((error) => this.options.onError(error));
      while (!this.isStopped && (await this.advance()) && performance.now() + STEP_MS < due) await this.rest(STEP_MS);
      await this.rest(due - performance.now());
    }
  }

  /** @returns whether something is still on its way */
  private async advance(): Promise<boolean> {
    const places = [...this.options.places()];
    this.round.keepOnly(new Set(places.map(({ partition }) => partition)));
    const unseen = places.some(({ partition, offset }) => offset === undefined && this.round.isPending(partition));
    if (unseen) await this.askStarts();
    const marking = places.map(async ({ partition, offset, fence }) => {
      const moment = this.round.reach(partition, offset ?? this.starts.get(partition) ?? -1);
      if (moment !== undefined) await this.options.mark(partition, moment, fence);
    });
    for (const [index, marked] of (await Promise.allSettled(marking)).entries()) {
      if (marked.status === 'rejected') this.options.onError(marked.reason, places[index]!.partition);
    }
    return places.some(({ partition }) => this.round.isPending(partition));
  }

  private async askStarts(): Promise<void> {
    if (!this.options.starts || performance.now() < this.startsAskedAt + STARTS_EVERY_MS) return;
    this.startsAskedAt = performance.now();
    try {
      this.starts = await this.options.starts();
    } catch (error) {
      this.options.onError(error);
    }
  }

  private async rest(ms: number): Promise<void> {
    await delay(Math.max(0, ms), undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }

  private get isStopped(): boolean {
    return this.stopped.signal.aborted;
  }
}
