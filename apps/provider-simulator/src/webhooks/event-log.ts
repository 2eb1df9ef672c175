import { Ring } from '../evidence/ring.ts';
import type { ProviderEvent } from './event.ts';

/** One event with what became of it. Served as it is by `/control/events`. */
export interface EventRecord {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly status: string | undefined;
  readonly account: string;
  readonly conversationId: string | undefined;
  readonly messageId: string | undefined;
  /** Name of the template it is about. */
  readonly template: string | undefined;
  readonly emittedAt: number;
  /** Requests made, and how many of them were answered 2xx. */
  attempts: number;
  acknowledgements: number;
  /** The first 2xx answer; ms since the epoch. */
  acknowledgedAt: number | undefined;
  /** The last answer; 0: none came. */
  lastStatus: number | undefined;
}

/** Never dropped, unlike the records. `pending`: deliveries (an event has `repeat` of them) that have not ended. */
export interface EventCounters {
  emitted: number;
  acknowledged: number;
  attempts: number;
  abandoned: number;
  pending: number;
}

/** Every event that was to be delivered, in the order of emission. */
export class EventLog {
  readonly #ring: Ring<EventRecord>;
  readonly #counters = new Map<string, EventCounters>();
  readonly #changed: () => void;
  #seq = 0;

  constructor(capacity: number, changed: () => void) {
    this.#ring = new Ring(capacity);
    this.#changed = changed;
  }

  get dropped(): number {
    return this.#ring.dropped;
  }

  open(account: string, event: ProviderEvent, emittedAt: number, deliveries: number): EventRecord {
    const record: EventRecord = {
      seq: ++this.#seq,
      id: event.id,
      type: event.type,
      status: event.status,
      account,
      conversationId: event.conversation?.id,
      messageId: event.message?.id,
      template: event.template?.name,
      emittedAt,
      attempts: 0,
      acknowledgements: 0,
      acknowledgedAt: undefined,
      lastStatus: undefined,
    };
    this.#ring.push(record);
    const counters = this.counters(account);
    counters.emitted++;
    counters.pending += deliveries;
    return record;
  }

  attempted(record: EventRecord): void {
    record.attempts++;
    this.counters(record.account).attempts++;
  }

  answered(record: EventRecord, status: number, at: number): void {
    record.lastStatus = status;
    if (status < 200 || status > 299) return;
    record.acknowledgements++;
    if (record.acknowledgedAt === undefined) {
      record.acknowledgedAt = at;
      this.counters(record.account).acknowledged++;
    }
  }

  /** One delivery has ended, accepted or given up. */
  ended(record: EventRecord, accepted: boolean): void {
    const counters = this.counters(record.account);
    counters.pending--;
    if (!accepted) counters.abandoned++;
    this.#changed();
  }

  counters(account: string): EventCounters {
    let counters = this.#counters.get(account);
    if (!counters) {
      counters = { emitted: 0, acknowledged: 0, attempts: 0, abandoned: 0, pending: 0 };
      this.#counters.set(account, counters);
    }
    return counters;
  }

  /** Oldest first. */
  records(): Iterable<EventRecord> {
    return this.#ring;
  }
}
