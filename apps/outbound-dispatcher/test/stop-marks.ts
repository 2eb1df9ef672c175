import { freshnessKey, STOPS_FOLDED, type RedisClient } from '@heliograph/redis';

const EVERY_MS = 100;

/** Marks what customers say as session-state does while its path does not lag: as of now, again and again. */
export class StopMarks {
  private readonly behind = new Set<number>();
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly partitions: number) {}

  keep(redis: RedisClient): void {
    this.running = this.run(redis);
  }

  set(partition: number, isCurrent: boolean): void {
    if (isCurrent) this.behind.delete(partition);
    else this.behind.add(partition);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(redis: RedisClient): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      // Some tests take Redis away.
      await this.mark(redis).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  private async mark(redis: RedisClient): Promise<void> {
    const mark = `${redis.runId} ${await redis.time()}`;
    const all = Array.from({ length: this.partitions }, (_, partition) => partition);
    const { group, path } = STOPS_FOLDED;
    const marks = all.flatMap((n) => (this.behind.has(n) ? [] : [freshnessKey(n, group, path), mark]));
    if (marks.length > 0) await redis.call((client) => client.mset(marks));
  }
}
