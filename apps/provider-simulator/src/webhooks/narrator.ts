import { newId } from '../world/new-id.ts';
import type { Account } from '../accounts/account.ts';
import type { Conversation, Offer, Pair, Participant, Words } from '../messaging/conversation-store.ts';
import type { ProviderClock } from '../world/clock.ts';
import type { Random } from '../world/random.ts';
import { assigned, conversationChanged, customerMessage, receipt, routingUpdate } from './event.ts';
import { optOutEvent } from './opt-out-event.ts';
import type { WebhookSender } from './webhook-sender.ts';

export interface CustomerMessage {
  /** With its `type`. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What the channel says of the customer; nothing when undefined. */
  readonly authenticated?: boolean | undefined;
  /** Milliseconds; the message was written so long ago. */
  readonly agoMs?: number | undefined;
  readonly eventId?: string | undefined;
  readonly messageId?: string | undefined;
}

/** What becomes of a message of the business. */
export interface Fate {
  /** What the customer can press in it. */
  readonly offers?: readonly Offer[];
  /** A new one when absent. */
  readonly messageId?: string;
  /** It is accepted and then not delivered, for this reason: the one receipt that there is says so. */
  readonly failure?: string | undefined;
}

/** Everything that happens in a conversation goes through here: the change, and the events that tell of it. */
export class Narrator {
  readonly #clock: ProviderClock;
  readonly #random: Random;
  readonly #sender: WebhookSender;

  constructor(clock: ProviderClock, random: Random, sender: WebhookSender) {
    this.#clock = clock;
    this.#random = random;
    this.#sender = sender;
  }

  /** A conversation waits in its queue: `conversation` queued, then its assignment. */
  opened(account: Account, conversation: Conversation): void {
    this.#changed(account, conversation);
    const queue = assigned(conversation, this.#clock.now(), { type: 'queue', id: conversation.queueId });
    this.#sender.emit(account, queue);
  }

  /**
   * The customer writes into the given conversation, else into the open one of the pair, else into a new one. The message
   * is the first event of a new one: the later ones carry no address, so only it can tell whose conversation it is.
   */
  customerWrote(
    account: Account,
    pair: Pair,
    given: Conversation | undefined,
    { body, authenticated, agoMs = 0, eventId, messageId }: CustomerMessage,
  ) {
    const at = this.#clock.now() - agoMs;
    const existing = given ?? account.conversations.current(pair);
    const queueId = account.sender(pair.channel, pair.sender)?.queueId ?? 'queue-default';
    const conversation = existing ?? account.conversations.open(pair, queueId, 'customer');
    account.conversations.customerWrote(pair, at);
    conversation.add({ at, by: 'customer', ...receivedWords(body) });
    const message = { eventId, messageId: messageId ?? newId(), body, authenticated };
    const event = customerMessage(conversation, at, message);
    this.#sender.emit(account, event);
    if (!existing) this.opened(account, conversation);
    return { eventId: event.id, messageId: event.message?.id, conversationId: conversation.id, opened: !existing };
  }

  /** The provider itself tells that the customer has opted out; nothing the customer wrote shows it. */
  optedOut(account: Account, conversation: Conversation, eventId?: string): { eventId: string } {
    const event = optOutEvent(conversation, this.#clock.now(), eventId);
    this.#sender.emit(account, event);
    return { eventId: event.id };
  }

  /** The business has sent a message, which may offer buttons; its receipts follow. Returns the message's id. */
  sent(account: Account, conversation: Conversation, words: Words, fate: Fate = {}): string {
    const now = this.#clock.now();
    const { offers = [], messageId = newId(), failure } = fate;
    const { shuffle, bareReceipts, receipts: usual } = account.settings.webhook;
    const failed = [{ status: 'failed' as const, reason: failure, afterMs: usual[0]?.afterMs ?? 0 }];
    const receipts = failure === undefined ? usual : usual.length === 0 ? [] : failed;
    conversation.add({ at: now, by: 'business', ...words });
    conversation.offer(offers);
    const delays = receipts.map(({ afterMs }) => afterMs).sort((a, b) => a - b);
    const order = this.#random.chance(shuffle) ? this.#random.disordered(receipts) : receipts;
    order.forEach(({ status, reason, afterMs }, index) => {
      // The timestamp tells when it happened, whenever it is told.
      const event = receipt(conversation, now + afterMs, { messageId, status, reason, bare: bareReceipts });
      this.#sender.emit(account, event, delays[index]);
    });
    return messageId;
  }

  /** An agent joins or changes; only an accepted one makes the conversation active (guide 000 §5, the trap). */
  joined(
    account: Account,
    conversation: Conversation,
    id: string,
    status: 'accepted' | 'pending',
    wrapUpCode: string | null = null,
  ): Participant {
    const isLeft = status === 'accepted' && account.leaves('pending');
    const reached = isLeft ? 'pending' : status;
    const participant: Participant = { id, type: 'user', role: 'agent', status: reached, wrap_up_code: wrapUpCode };
    conversation.participants.set(id, participant);
    if (reached === 'pending') return participant;
    this.#sender.emit(account, assigned(conversation, this.#clock.now(), { type: 'agent', id }));
    if (conversation.status === 'queued' && !account.leaves('queued')) {
      conversation.status = 'active';
      this.#changed(account, conversation);
    }
    return participant;
  }

  /** Of no conversation. */
  routingChanged(account: Account, kind: 'queue' | 'skill', id: string): void {
    this.#sender.emit(account, routingUpdate(kind, id, this.#clock.now()));
  }

  closed(account: Account, conversation: Conversation): void {
    conversation.status = 'closed';
    this.#changed(account, conversation);
  }

  #changed(account: Account, conversation: Conversation): void {
    const { conversationAddresses } = account.settings.webhook;
    this.#sender.emit(account, conversationChanged(conversation, this.#clock.now(), conversationAddresses));
  }
}

/** A reply shows what it stands for, an attachment where it lies. */
function receivedWords({ type, text, payload, url, latitude, longitude }: CustomerMessage['body']): Words {
  const place = typeof latitude === 'number' ? `${latitude}, ${String(longitude)}` : undefined;
  const shown = [text, typeof payload === 'string' && `(${payload})`, url, place].filter(
    (part) => typeof part === 'string',
  );
  return { text: shown.join(' '), ...(type !== 'text' && { kind: String(type) }) };
}
