import { newId } from '../world/new-id.ts';
import type { Channel } from '../settings/addresses.ts';

/** A business number and a customer on one channel. Numbers in E.164, without the channel. */
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

/** One line of a conversation, for the page. */
export interface Line {
  readonly at: number;
  readonly by: 'customer' | 'business';
  readonly text: string;
}

const KEPT_LINES = 20;

export class Conversation {
  readonly id: string = newId();
  readonly pair: Pair;
  readonly queueId: string;
  readonly openedBy: 'api' | 'customer';
  readonly participants = new Map<string, Participant>();
  readonly lines: Line[] = [];
  status: 'queued' | 'active' | 'closed' = 'queued';

  constructor(pair: Pair, queueId: string, openedBy: 'api' | 'customer') {
    this.pair = pair;
    this.queueId = queueId;
    this.openedBy = openedBy;
  }

  /** Keeps the newest lines only. */
  add(line: Line): void {
    this.lines.push(line);
    if (this.lines.length > KEPT_LINES) this.lines.shift();
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
  readonly #pairs = new Map<string, PairState>();

  find(id: string): Conversation | undefined {
    return this.#byId.get(id);
  }

  /** The newest conversation of the pair, unless it is closed. */
  current(pair: Pair): Conversation | undefined {
    const current = this.#pairs.get(key(pair))?.current;
    return current?.status === 'closed' ? undefined : current;
  }

  open(pair: Pair, queueId: string, openedBy: 'api' | 'customer'): Conversation {
    const conversation = new Conversation(pair, queueId, openedBy);
    this.#byId.set(conversation.id, conversation);
    this.#pair(pair).current = conversation;
    return conversation;
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
