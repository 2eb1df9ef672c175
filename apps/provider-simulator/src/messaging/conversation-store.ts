import { newId } from '../world/new-id.ts';
import type { Channel } from '../settings/addresses.ts';

/** A business number and a customer on one channel. Numbers in E.164 or ids, without the channel. */
export interface Pair {
  readonly channel: Channel;
  readonly sender: string;
  readonly contact: string;
}

export interface Participant {
  readonly id: string;
  readonly type: 'user';
  readonly role: 'agent';
  status: 'pending' | 'accepted' | 'wrapped_up';
  wrap_up_code: string | null;
}

/** What people see of a message. */
export interface Words {
  /** Content type; undefined for a text or a template. */
  readonly kind?: string;
  readonly text: string;
  readonly buttons?: readonly string[];
}

/** One line of a conversation, for the page. */
export interface Line extends Words {
  readonly at: number;
  readonly by: 'customer' | 'business';
}

/** A button that the customer can press. */
export interface Offer {
  readonly kind: 'quick-reply' | 'card' | 'button';
  readonly label: string;
  readonly payload: string;
}

/** `agentless`: by one message (guides 001 §3 and 002 §3), which no agent takes part in. */
type Opener = 'api' | 'customer' | 'agentless';

const KEPT_LINES = 20;
const KEPT_OFFERS = 100;

export class Conversation {
  readonly id: string = newId();
  /** Of the customer in this conversation (guide 004); never the id of the conversation. */
  contactId: string = newId();
  readonly pair: Pair;
  readonly queueId: string;
  readonly openedBy: Opener;
  readonly participants = new Map<string, Participant>();
  readonly lines: Line[] = [];
  /** By payload, the newest last. */
  readonly #offers = new Map<string, Offer>();
  status: 'queued' | 'active' | 'closed' = 'queued';

  constructor(pair: Pair, queueId: string, openedBy: Opener) {
    this.pair = pair;
    this.queueId = queueId;
    this.openedBy = openedBy;
  }

  /** Keeps the newest lines only. */
  add(line: Line): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
  }

  offer(offers: readonly Offer[]): void {
    for (const offer of offers) {
      this.#offers.delete(offer.payload);
      this.#offers.set(offer.payload, offer);
    }
    for (const payload of this.#offers.keys()) if (this.#offers.size > KEPT_OFFERS) this.#offers.delete(payload);
  }

  /** What was offered with this payload last. */
  offered(payload: string): Offer | undefined {
    return this.#offers.get(payload);
  }

  /** Guide 000 §5: closed once every agent has wrapped up. */
  get wrappedUp(): boolean {
    return [...this.participants.values()].every(({ status }) => status === 'wrapped_up');
  }
}

interface PairState {
  current: Conversation | undefined;
  lastCustomerMessageAt: number;
}

/** The provider conversations of one account, and per address pair the newest one and the customer's last message. */
export class ConversationStore {
  readonly #byId = new Map<string, Conversation>();
  readonly #byContact = new Map<string, Conversation>();
  readonly #pairs = new Map<string, PairState>();

  find(id: string): Conversation | undefined {
    return this.#byId.get(id);
  }

  /** The newest conversation of the pair, unless it is closed. */
  current(pair: Pair): Conversation | undefined {
    const current = this.#pairs.get(key(pair))?.current;
    return current?.status === 'closed' ? undefined : current;
  }

  open(pair: Pair, queueId: string, openedBy: Opener): Conversation {
    const conversation = new Conversation(pair, queueId, openedBy);
    this.#byId.set(conversation.id, conversation);
    this.#byContact.set(conversation.contactId, conversation);
    this.#pair(pair).current = conversation;
    return conversation;
  }

  /** The conversation of a contact, closed or not. */
  ofContact(contactId: string): Conversation | undefined {
    return this.#byContact.get(contactId);
  }

  /** Gives the contact of a conversation another id; the old one is unknown from now on. */
  renewContact(conversation: Conversation): void {
    this.#byContact.delete(conversation.contactId);
    conversation.contactId = newId();
    this.#byContact.set(conversation.contactId, conversation);
  }

  /** Open ones of a customer, on any of our addresses; the oldest first. */
  openWith(channel: Channel, contact: string): Conversation[] {
    return [...this.#byId.values()].filter(
      ({ pair, status }) => status !== 'closed' && pair.channel === channel && pair.contact === contact,
    );
  }

  customerWrote(pair: Pair, at: number): void {
    const state = this.#pair(pair);
    state.lastCustomerMessageAt = Math.max(state.lastCustomerMessageAt, at);
  }

  /** True within `windowMs` of the customer's last message over all conversations of the pair. */
  windowOpen(pair: Pair, now: number, windowMs: number): boolean {
    return now - this.#pair(pair).lastCustomerMessageAt < windowMs;
  }

  get size(): number {
    return this.#byId.size;
  }

  /** Newest first. */
  latest(count: number): Conversation[] {
    return [...this.#byId.values()].slice(-count).reverse();
  }

  #pair(pair: Pair): PairState {
    let state = this.#pairs.get(key(pair));
    if (!state) {
      state = { current: undefined, lastCustomerMessageAt: -Infinity };
      this.#pairs.set(key(pair), state);
    }
    return state;
  }
}

function key({ channel, sender, contact }: Pair): string {
  return `${channel}:${sender}:${contact}`;
}
