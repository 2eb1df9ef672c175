import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { fatal, Readiness } from '@heliograph/runtime';
import type { RegistryFreshness } from '../freshness/registry-freshness.ts';
import { reporting, type RegistryReport } from '../metrics.ts';
import type { EventFeed } from '../lifecycle/event-feed.ts';
import type { AccountSchedule } from './account-schedule.ts';
import type { TemplateTable } from './template-table.ts';

/** Keeps the templates of all accounts true on the topic, from the start of the service until it stops. */
@Injectable()
export class RegistryService implements OnApplicationBootstrap, RegistryReport {
  private readonly stopping = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly table: TemplateTable,
    private readonly feed: EventFeed,
    private readonly schedules: readonly AccountSchedule[],
    private readonly freshness: RegistryFreshness,
    readiness: Readiness,
  ) {
    table.onDefinition(({ account }) => this.scheduleOf(account)?.definitionsChanged());
    readiness.register('topic', () => table.problem() ?? feed.problem());
    readiness.register('templates', () => this.problem());
  }

  onApplicationBootstrap(): void {
    reporting.add(this);
    this.running = this.run().catch(fatal);
  }

  async stop(): Promise<void> {
    reporting.delete(this);
    this.stopping.abort(new Error('the service stops'));
    await Promise.all([this.running, this.freshness.stop()]);
  }

  *statuses(): Iterable<{ account: string; status: string; count: number }> {
    for (const { tenant, account } of this.schedules) {
      const counts = new Map<string, number>();
      for (const { status } of this.table.statesOf({ tenant, account }))
        counts.set(status, (counts.get(status) ?? 0) + 1);
      for (const [status, count] of counts) yield { account, status, count };
    }
  }

  *accounts(): Iterable<{ account: string; staleSeconds: number; holdsLease: boolean }> {
    for (const { account, staleSeconds, holdsLease } of this.schedules) yield { account, staleSeconds, holdsLease };
  }

  private scheduleOf(account: string): AccountSchedule | undefined {
    return this.schedules.find((schedule) => schedule.account === account);
  }

  private problem(): string | undefined {
    const problems = this.schedules.map((schedule) => schedule.problem()).filter((problem) => problem !== undefined);
    return problems.length > 0 ? problems.join('; ') : undefined;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    // What is not known yet would look changed.
    await Promise.race([Promise.all([this.table.caughtUp, this.feed.caughtUp]), stopped]);
    if (!signal.aborted) this.freshness.start();
    await Promise.all(this.schedules.map((schedule) => schedule.run(signal)));
  }
}
