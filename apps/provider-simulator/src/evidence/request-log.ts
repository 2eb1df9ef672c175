import { Ring } from './ring.ts';

/** One request as it arrived and what came of it. Served as it is by `/control/requests`. */
export class RequestRecord {
  /** 1, 2, 3 … in order of arrival, over all accounts. */
  seq = 0;
  /** Arrival (head and body complete), ms since the epoch with fractions. */
  at = 0;
  /** Empty when nothing in the request named a known account. */
  account = '';
  method = '';
  path = '';
  /** Of the connection it came over, on the caller's side. */
  port = 0;
  /** What was answered, or would have been had a fault not cut the answer off; 0 while in work; 499: client gone first. */
  status = 0;
  answeredAt = 0;
  /** It had its effect (2xx by the contract), whether or not the client was told. */
  accepted = false;
  /** Refused by the limiter, not by a fault. */
  limited = false;
  fault: string | undefined = undefined;
  /** The OAuth client whose token it carries, or that asks for one. */
  client: string | undefined = undefined;
  /** Of a message: the number it is from, such as `whatsapp:+15550009876`. */
  number: string | undefined = undefined;
  /** Of a message with a template: which of the limits for those it counts against. */
  traffic: 'agentless' | 'campaign' | undefined = undefined;
  conversationId: string | undefined = undefined;
  /** Of a request about a contact (guide 004). */
  contactId: string | undefined = undefined;
  messageId: string | undefined = undefined;
  toHash: string | undefined = undefined;
  template: string | undefined = undefined;
  /** Of the template, where the request names it. */
  language: string | undefined = undefined;
  /** Of the template when the request arrived; undefined when there is none of that name and language. */
  templateStatus: string | undefined = undefined;
  /** Of a message by guide 002 with a template. */
  templateId: string | undefined = undefined;
  /** Channel of a message that opens a conversation of its own (guides 001 §3 and 002 §3). */
  agentless: string | undefined = undefined;
  /** Content type of a structured message. */
  content: string | undefined = undefined;
  /** Text, title, caption or address of the message, or the values of a template joined by ` | `; by guide 002 what the customer reads. */
  text: string | undefined = undefined;
}

/** Never dropped, unlike the records. */
export interface RequestCounters {
  requests: number;
  accepted: number;
  messages: number;
  limited: number;
  faulted: number;
  byStatus: Record<string, number>;
}

/** The evidence: every request in order of arrival. Bounded; `dropped` says how many of the oldest are gone. */
export class RequestLog {
  readonly #ring: Ring<RequestRecord>;
  readonly #counters = new Map<string, RequestCounters>();
  readonly #changed: () => void;
  #seq = 0;

  constructor(capacity: number, changed: () => void) {
    this.#ring = new Ring(capacity);
    this.#changed = changed;
  }

  get dropped(): number {
    return this.#ring.dropped;
  }

  open(at: number, account: string, method: string, path: string): RequestRecord {
    const record = new RequestRecord();
    record.seq = ++this.#seq;
    record.at = at;
    record.account = account;
    record.method = method;
    record.path = path;
    this.#ring.push(record);
    this.counters(account).requests++;
    this.#changed();
    return record;
  }

  /** Notes the end; called exactly once per record. */
  close(record: RequestRecord, at: number, status: number): void {
    record.status = status;
    record.answeredAt = at;
    const counters = this.counters(record.account);
    if (record.accepted) counters.accepted++;
    if (record.limited) counters.limited++;
    if (record.fault !== undefined) counters.faulted++;
    counters.byStatus[status] = (counters.byStatus[status] ?? 0) + 1;
    this.#changed();
  }

  /** Counts a message at its acceptance, which is before its answer. */
  messageAccepted(account: string): void {
    this.counters(account).messages++;
    this.#changed();
  }

  counters(account: string): RequestCounters {
    let counters = this.#counters.get(account);
    if (!counters) {
      counters = { requests: 0, accepted: 0, messages: 0, limited: 0, faulted: 0, byStatus: {} };
      this.#counters.set(account, counters);
    }
    return counters;
  }

  accounts(): string[] {
    return [...this.#counters.keys()];
  }

  /** Oldest first. */
  records(): Iterable<RequestRecord> {
    return this.#ring;
  }

  latest(count: number): RequestRecord[] {
    return this.#ring.latest(count);
  }
}
