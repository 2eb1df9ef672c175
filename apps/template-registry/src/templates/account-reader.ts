import { RecordTooLarge } from '@heliograph/kafka';
import type { ProviderAccess } from '@heliograph/providers';
import { runWithTraceparent, Unavailable, type Log } from '@heliograph/runtime';
import { changesOf, type Listing, type Oddity } from '../lifecycle/changes.ts';
import type { StateWriter } from '../lifecycle/state-writer.ts';
import { metrics } from '../metrics.ts';
import { listTemplates, type ListResult } from './template-lister.ts';
import type { Owner, TemplateTable } from './template-table.ts';
import type { Tenure } from './tenure.ts';

/** How a reading of an account ended. `abandoned`: the lease was lost, or the service stops. */
export type RoundResult =
  | { readonly kind: 'ok' }
  | Exclude<ListResult, { kind: 'ok' }>
  | { readonly kind: 'abandoned'; readonly reason: string };

/** Reads the templates of one account and publishes what has changed. */
export class AccountReader {
  /** What was logged already: an oddity stays for days, and one line says it. */
  private readonly reported = new Set<string>();

  constructor(
    readonly access: ProviderAccess,
    private readonly table: TemplateTable,
    private readonly writer: StateWriter,
    private readonly log: Log,
  ) {}

  get account(): string {
    return this.access.account.id;
  }

  /** One reading, under a lease: the provider is not asked and nothing is published once it has ended. */
  async round(tenure: Tenure): Promise<RoundResult> {
    const result = await runWithTraceparent(undefined, () => this.read(tenure));
    metrics.rounds.inc({ account: this.account, result: result.kind });
    if (result.kind !== 'ok') this.log.warn({ account: this.account, ...result }, 'templates were not read');
    return result;
  }

  private async read({ lease, signal }: Tenure): Promise<RoundResult> {
    try {
      const behind = this.table.problem();
      if (behind !== undefined) return { kind: 'failed', reason: behind };
      const beganAt = new Date().toISOString();
      const listed = await listTemplates(this.access, signal);
      if (listed.kind !== 'ok') return listed;
      await this.writer.write(lease, () => this.changes(listed.listing, beganAt));
      await lease.markDone();
      return { kind: 'ok' };
    } catch (error) {
      if (signal.aborted) return { kind: 'abandoned', reason: (signal.reason as Error).message };
      if (error instanceof Unavailable || error instanceof RecordTooLarge) {
        return { kind: 'failed', reason: error.message };
      }
      throw error;
    }
  }

  private changes(listing: Listing, beganAt: string) {
    const owner: Owner = { tenant: this.access.account.tenant, account: this.account };
    const definitionOf = (name: string) => this.table.definitionNamed(owner, name);
    const { states, oddities } = changesOf(
      { ...owner, states: this.table.statesOf(owner), definitionOf },
      listing,
      beganAt,
    );
    this.report(oddities);
    return states;
  }

  private report(oddities: readonly Oddity[]): void {
    for (const oddity of oddities) {
      metrics.unreadable.inc({ account: this.account, what: oddity.what });
      const line = JSON.stringify(oddity);
      if (this.reported.has(line)) continue;
      this.reported.add(line);
      this.log.warn({ account: this.account, ...oddity }, 'something in the list of templates makes no sense');
    }
  }
}
