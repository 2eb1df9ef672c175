import { randomUUID } from 'node:crypto';
import { TOPICS } from '@heliograph/contracts';
import {
  followTopic,
  topicsOf,
  type Arrival,
  type Following,
  type ReadRecord,
  type System,
  type ToldEvent,
} from '@heliograph/testing';
import { endedBy, idAsAccepted } from '../judge/commands.ts';
import type { DeadLetter, EntryOut, Evidence, Waking } from '../judge/evidence.ts';
import type { CommandIn } from '../judge/evidence.ts';

/** Dead letters of those who only read the timeline are no ends of what is on it. */
const ON_THE_WAY = /\.(dedup-router|session-state|outbound-dispatcher)\.dlq$/;

interface DeadRecord {
  messageId?: string;
  divertedFrom?: string;
  providerMessageId?: string;
  message?: { id: string };
}

/**
 * The two witnesses beside the driver: the provider's own log, and a reader of the topics as another team would have it.
 * What they saw before a row began is no part of its evidence.
 */
export class Witnesses {
  /** Told the id of each message, of ours or of a customer, that has ended. */
  onEnd: (id: string) => void = () => undefined;
  readonly #system: System;
  readonly #following: Following[] = [];
  #entries: EntryOut[] = [];
  #deadLetters: DeadLetter[] = [];
  #firstArrival = 0;
  #firstEvent = 0;

  private constructor(system: System) {
    this.#system = system;
  }

  static async start(system: System): Promise<Witnesses> {
    const witnesses = new Witnesses(system);
    await witnesses.#follow(system.topic(TOPICS.conversationTimeline), (record) => witnesses.#entry(record));
    for (const topic of await topicsOf(system.brokers, system.namespace)) {
      if (ON_THE_WAY.test(topic)) await witnesses.#follow(topic, (record) => witnesses.#deadLetter(record));
    }
    return witnesses;
  }

  /** A row begins: everything before has ended. */
  async begin(onEnd: (id: string) => void): Promise<void> {
    this.onEnd = onEnd;
    const { simulator } = this.#system;
    this.#firstArrival = (await simulator.arrivals(this.#firstArrival)).at(-1)?.seq ?? this.#firstArrival;
    this.#firstEvent = (await simulator.events(this.#firstEvent)).at(-1)?.seq ?? this.#firstEvent;
    this.#entries = [];
    this.#deadLetters = [];
  }

  /** Requests of the row so far, as the provider logged them; only those behind a `seq` when it is given. */
  arrivals(after = this.#firstArrival): Promise<Arrival[]> {
    return this.#system.simulator.arrivals(after);
  }

  /** Everything that the provider has told in the row so far. */
  events(): Promise<ToldEvent[]> {
    return this.#system.simulator.events(this.#firstEvent);
  }

  async evidence(driver: {
    commands: readonly CommandIn[];
    toldInOrder: boolean;
    wakings: readonly Waking[];
  }): Promise<Evidence> {
    const arrivals = await this.arrivals();
    const told = await this.events();
    // Those of templates are of no conversation; the rows about templates look at what came of them.
    const events = told.filter(({ template }) => template === undefined);
    return { ...driver, arrivals, events, entries: [...this.#entries], deadLetters: [...this.#deadLetters] };
  }

  async close(): Promise<void> {
    await Promise.all(this.#following.map((following) => following.close()));
  }

  #entry({ json }: ReadRecord): void {
    const { conversationId, sequence, factId, kind, campaign, fact: whole } = json as EntryOut;
    // Nobody judges by what a message says, and a row may have half a million entries.
    const { content: _, ...fact } = whole;
    this.#entries.push({ conversationId, sequence, factId, kind, fact, ...(campaign && { campaign }) });
    const ended = kind === 'message.received' ? fact.providerMessageId : endedBy({ kind, fact });
    if (ended !== undefined) this.onEnd(ended as string);
  }

  /** A dead event carries the provider's id of it in a header, a dead command or fact its ids in the data. */
  #deadLetter({ headers, json }: ReadRecord): void {
    const data = (json ?? {}) as DeadRecord;
    const { messageId, providerMessageId = data.message?.id } = data;
    this.#deadLetters.push({ eventId: headers.ce_eventid, messageId, providerMessageId });
    for (const id of [idAsAccepted(data), providerMessageId]) if (id !== undefined) this.onEnd(id);
  }

  async #follow(topic: string, onRecord: (record: ReadRecord) => void): Promise<void> {
    const { brokers, namespace } = this.#system;
    // A reader that lost its place reads again; on the topic itself each offset is one record.
    const next = new Map<number, bigint>();
    const once = (record: ReadRecord): void => {
      if (record.offset < (next.get(record.partition) ?? 0n)) return;
      next.set(record.partition, record.offset + 1n);
      onRecord(record);
    };
    const group = `${namespace}evidence-${randomUUID()}`;
    this.#following.push(await followTopic({ brokers, topic, group, onRecord: once }));
  }
}
