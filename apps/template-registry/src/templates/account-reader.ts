import { EVENTS, factId, templateKey, type TemplateState } from '@heliograph/contracts';
import { newEvent, RecordTooLarge, type EventPublisher, type OutgoingEvent } from '@heliograph/kafka';
import type { ProviderAccess } from '@heliograph/providers';
import type { Lease } from '@heliograph/redis';
import { runWithTraceparent, Unavailable, type Log } from '@heliograph/runtime';
import { SERVICE } from '../config.ts';
import { metrics } from '../metrics.ts';
import { changesOf, type Oddity } from './changes.ts';
import { listTemplates, type ListResult } from './template-lister.ts';
import type { TemplateTable } from './template-table.ts';

/** How a reading of an account ended. `abandoned`: the lease was lost, or the service stops. */
export type RoundResult =
  | { readonly kind: 'ok' }
  | Exclude<ListResult, { kind: 'ok' }>
  | { readonly kind: 'abandoned'; readonly reason: string };

const PUBLISH_WITHIN_MS = 5_000;

/** Reads the templates of one account and publishes what has changed. */
export class AccountReader {
  /** What was logged already: an oddity stays for days, and one line says it. */
  private readonly reported = new Set<string>();

  constructor(
    readonly access: ProviderAccess,
    private readonly table: TemplateTable,
    private readonly publisher: EventPublisher,
    private readonly log: Log,
  ) {}

  get account(): string {
    return this.access.account.id;
  }

  /**
   * One reading, under a lease: the provider is not asked and nothing is published once it has ended.
   *
   * @param signal aborts with the lease, and when the service stops
   */
  async round(lease: Lease, signal: AbortSignal): Promise<RoundResult> {
    const result = await runWithTraceparent(undefined, () => this.read(lease, signal));
    metrics.rounds.inc({ account: this.account, result: result.kind });
    if (result.kind !== 'ok') this.log.warn({ account: this.account, ...result }, 'templates were not read');
    return result;
  }

  private async read(lease: Lease, signal: AbortSignal): Promise<RoundResult> {
    try {
      const behind = this.table.problem();
      if (behind !== undefined) return { kind: 'failed', reason: behind };
      const listed = await listTemplates(this.access, signal);
      if (listed.kind !== 'ok') return listed;
      const { tenant, id: account } = this.access.account;
      const known = this.table.ofAccount(tenant, account);
      const changes = changesOf(known, listed.listing, { tenant, account }, new Date().toISOString());
      this.report(changes.oddities);
      await this.publish(changes.states, lease);
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

  private async publish(states: readonly TemplateState[], lease: Lease): Promise<void> {
    const left = Math.min(PUBLISH_WITHIN_MS, lease.endsAt - performance.now());
    lease.signal.throwIfAborted();
    // After the deadline no try begins: what a successor has published is never followed by what we read before it.
    await this.publisher.publish(
      states.map((state) => this.eventOf(state)),
      { deadline: Date.now() + left },
    );
    for (const state of states) {
      const { account, name, language, status } = state;
      this.table.set(state);
      metrics.changes.inc({ account, status });
      this.log.info({ account, template: name, language, status }, 'template changed');
    }
  }

  private eventOf(state: TemplateState): OutgoingEvent {
    const event = newEvent(EVENTS.templateState, {
      id: factId(JSON.stringify(state)),
      key: templateKey(state),
      data: state,
      tenant: state.tenant,
      source: `/heliograph/${SERVICE}`,
      subject: `${state.name} (${state.language})`,
      time: state.checkedAt,
      extensions: { account: state.account, profile: this.access.account.profile },
    });
    return { contract: EVENTS.templateState, event };
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
