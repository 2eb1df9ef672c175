import { setTimeout as delay } from 'node:timers/promises';
import { upTo, type SendRequest } from '@heliograph/testing';
import type { ArrivalIn } from '../../judge/evidence.ts';
import { orderOf } from '../../judge/campaign-evidence.ts';
import { LONGEST_WAIT_MS } from '../../judge/campaign-promises.ts';
import { Conversation } from '../../load/conversation.ts';
import type { Trial } from '../../run/trial.ts';

/** Half of them on the numbers of the campaign, half by SMS; so many that WhatsApp's pair limit lets each message out at once. */
const CONTACTS = 120;
const PER_SECOND = 8;

/** A contact that gets transactional templates from the numbers of the campaign. */
class NewsConversation extends Conversation {
  override get sender(): string {
    return 'news';
  }

  override request(place: number): SendRequest {
    const parameters = [this.nameOfCommand(place), 'soon'];
    return {
      channel: 'whatsapp',
      sender: 'news',
      to: this.contact,
      template: { name: 'order_update', language: 'en_US', parameters },
    };
  }
}

interface Disturbance {
  readonly from: number;
  readonly until: number;
}

/** Transactional messages at a steady pace while a campaign runs, and how long each waited for its send. */
export class TransactionalFlow {
  readonly #trial: Trial;
  readonly #conversations: Conversation[];
  readonly #accepted = new Map<string, number>();
  readonly #disturbances: Disturbance[] = [];
  #stopped = false;
  #working: Promise<unknown> = Promise.resolve();

  constructor(trial: Trial) {
    this.#trial = trial;
    this.#conversations = upTo(CONTACTS).map((number) => {
      const name = `${trial.row}/transactional`;
      if (number % 2 === 0) return new NewsConversation(name, number, trial.numbers.next(), 'whatsapp');
      return new Conversation(name, number, trial.numbers.next(), 'sms');
    });
  }

  start(): void {
    this.#working = this.#keepSending();
    // Told by stop().
    this.#working.catch(() => undefined);
  }

  /** @throws what would not be taken */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#working;
  }

  /** What waits through a fault waits for its end: until `afterMs` behind it, waits say nothing about campaigns. */
  async disturb<T>(fault: () => Promise<T>, afterMs: number): Promise<T> {
    const from = Date.now();
    try {
      return await fault();
    } finally {
      this.#disturbances.push({ from, until: Date.now() + afterMs });
    }
  }

  /** Milliseconds from acceptance to the first arrival, of those that had the whole time that is allowed without a fault. */
  waits(arrivals: readonly ArrivalIn[]): { undisturbed: number[]; all: number[] } {
    const first = new Map<string, number>();
    for (const one of arrivals) {
      const name = orderOf(one);
      if (one.accepted && this.#accepted.has(name) && !first.has(name)) first.set(name, one.at);
    }
    const known = [...this.#accepted].map(([name, at]) => ({
      at,
      wait: Math.max(0, (first.get(name) ?? Infinity) - at),
    }));
    const isUndisturbed = ({ at }: { at: number }): boolean =>
      !this.#disturbances.some(({ from, until }) => at < until && at + LONGEST_WAIT_MS > from);
    const waits = (of: typeof known): number[] => of.map(({ wait }) => wait);
    return { undisturbed: waits(known.filter(isUndisturbed)), all: waits(known) };
  }

  async #keepSending(): Promise<void> {
    const under = new Set<Promise<void>>();
    for (let turn = 0; !this.#stopped; turn++) {
      const conversation = this.#conversations[turn % CONTACTS]!;
      if (!conversation.isCommanding) {
        const sending = this.#send(conversation).finally(() => under.delete(sending));
        under.add(sending);
      }
      await delay(1_000 / PER_SECOND);
    }
    await Promise.all(under);
  }

  async #send(conversation: Conversation): Promise<void> {
    const name = conversation.nameOfCommand(conversation.commands);
    await this.#trial.load.commandIn(conversation);
    this.#accepted.set(name, Date.now());
  }
}
