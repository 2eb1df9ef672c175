import { templateKey, type TemplateState } from '@heliograph/contracts';
import { runWithTraceparent, Unavailable, type Log } from '@heliograph/runtime';
import { metrics } from '../metrics.ts';
import type { SubmissionStore } from '../submission/submission.store.ts';
import type { Owner, TemplateTable } from '../templates/template-table.ts';
import { Bell, waitAtMost, type Tenure } from '../templates/tenure.ts';
import { applyEvent } from './apply-event.ts';
import type { EventInbox, FedEvent } from './event-feed.ts';
import type { StateWriter } from './state-writer.ts';

const RETRY_AFTER_MS = 1_000;
/** An hour, to look again at what only an arrival changes. */
const IDLE_MS = 3_600_000;

/** Makes states of what a provider told of one account's templates, as soon as it is on the topic. */
export class EventApplier {
  /** Of templates that nobody knows yet: newer than the list, or faster than the answer to our own creation. */
  readonly #orphans = new Map<string, FedEvent>();
  readonly #arrived = new Bell();
  /** Of the present tenure: the last event that is dealt with. */
  #applied: number | undefined;

  /** @param doubt called when the provider has to be asked what is true */
  constructor(
    private readonly owner: Owner,
    private readonly inbox: EventInbox,
    private readonly table: TemplateTable,
    private readonly writer: StateWriter,
    private readonly store: SubmissionStore,
    private readonly doubt: () => void,
    private readonly log: Log,
  ) {
    inbox.onArrival = () => this.#arrived.ring();
  }

  /**
   * Below which offset every event of the account is dealt with, and what follows of it is published; undefined when that is
   * not known.
   */
  appliedBelow(): number | undefined {
    if (this.#applied === undefined) return undefined;
    return this.inbox.after(this.#applied)[0]?.offset ?? this.inbox.readBelow();
  }

  /** Applies what comes until the tenure ends. */
  async run(tenure: Tenure): Promise<void> {
    this.#applied = undefined;
    let known = true;
    while (!tenure.signal.aborted) {
      const arrival = this.#arrived.next();
      try {
        if (this.#applied === undefined) {
          this.#applied = await this.store.appliedOffset();
          known = this.#applied >= 0;
        }
        const waiting = this.inbox.after(this.#applied);
        if (waiting.length > 0) {
          const batch = distinct(waiting);
          await this.#apply(tenure, known ? batch : batch.map(statusOnly));
          this.#applied = batch.at(-1)!.offset;
          await this.store.applied(this.#applied);
          continue;
        }
        known = true;
        await waitAtMost(IDLE_MS, tenure.signal, arrival);
      } catch (error) {
        if (tenure.signal.aborted) return;
        if (!(error instanceof Unavailable)) throw error;
        this.log.warn({ account: this.owner.account, reason: error.message }, 'events of templates have to wait');
        await waitAtMost(RETRY_AFTER_MS, tenure.signal);
      }
    }
  }

  /**
   * Applies what came before its template was known, now that it may be.
   *
   * @param last whether what is still not known is given up
   */
  async again(tenure: Tenure, last: boolean): Promise<void> {
    const known = [...this.#orphans].filter(([, { changed }]) => this.table.state(changed) !== undefined);
    for (const [key] of known) this.#orphans.delete(key);
    if (last) this.#orphans.clear();
    if (known.length > 0)
      await this.#apply(
        tenure,
        known.map(([, event]) => event),
      );
  }

  async #apply({ lease }: Tenure, events: readonly FedEvent[]): Promise<void> {
    let doubtful = false;
    const compute = (): TemplateState[] =>
      events.flatMap((event) => {
        const { changed } = event;
        const before = this.table.state(changed);
        const result = applyEvent(before, changed, new Date().toISOString());
        if (!before) this.#orphans.set(templateKey(changed), event);
        doubtful ||= result.doubtful === true;
        const outcome = result.state ? 'applied' : result.doubtful ? 'doubtful' : 'no-change';
        metrics.events.inc({ account: this.owner.account, result: outcome });
        return result.state ?? [];
      });
    await runWithTraceparent(events[0]?.traceparent, () => this.writer.write(lease, compute));
    if (doubtful) this.doubt();
  }
}

/**
 * Of an event that may have been applied long ago. Statuses are told apart by the history; quality and category have none, and an
 * earlier one is not to come back: the list tells what they are now.
 */
function statusOnly(event: FedEvent): FedEvent {
  const { quality: _quality, category: _category, ...changed } = event.changed;
  return { ...event, changed };
}

/** As many from the front as are about different templates: each is computed from the state that the one before left. */
function distinct(events: readonly FedEvent[]): readonly FedEvent[] {
  const seen = new Set<string>();
  const end = events.findIndex(({ changed }) => seen.size === seen.add(templateKey(changed)).size);
  return end < 0 ? events : events.slice(0, end);
}
