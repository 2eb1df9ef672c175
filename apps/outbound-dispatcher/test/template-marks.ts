import { accountFreshnessKey, type RedisClient } from '@heliograph/redis';

const EVERY_MS = 100;

/** Marks templates as template-registry does while its path does not lag: as of now, again and again. */
export class TemplateMarks {
  private readonly current: Set<string>;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  /** @param accounts that are current from the start */
  constructor(accounts: readonly string[]) {
    this.current = new Set(accounts);
  }

  keep(redis: RedisClient): void {
    this.running = this.run(redis);
  }

  set(account: string, isCurrent: boolean): void {
    if (isCurrent) this.current.add(account);
    else this.current.delete(account);
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
    const marks = [...this.current].flatMap((account) => [accountFreshnessKey('templates', account), mark]);
    if (marks.length > 0) await redis.call((client) => client.mset(marks));
  }
}
