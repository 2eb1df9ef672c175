import { setTimeout as delay } from 'node:timers/promises';
import { inParallel, upTo, waitFor, type System } from '@heliograph/testing';
import type { CommandIn } from '../judge/evidence.ts';
import type { Random } from '../random.ts';
import { Conversation, type Numbers } from './conversation.ts';
import type { InFlight } from './in-flight.ts';

export interface LoadPlan {
  /** Half of them WhatsApp customers who write first, half SMS contacts to whom we do. */
  conversations: number;
  /** Commands are given until so many records are in flight. */
  mostInFlight: number;
  customerMessagesPerSecond: number;
}

export interface LoadOptions {
  row: string;
  system: System;
  inFlight: InFlight;
  random: Random;
  numbers: Numbers;
  plan: LoadPlan;
}

/** Commands on their way to the API at once, and messages on their way to the provider. */
const WIDTH = 32;
const TICK_MS = 50;
const RETRY_MS = 100;
const ACCEPTED_MS = 120_000;
const OPENING_MS = 90_000;

/**
 * Both directions at once: customers write, and are written to. Commands of a conversation go in one after the other, each
 * repeated under its key until it is accepted.
 */
export class Load {
  readonly commands: CommandIn[] = [];
  readonly #system: System;
  readonly #inFlight: InFlight;
  readonly #random: Random;
  readonly #plan: LoadPlan;
  readonly #conversations: Conversation[];
  #turn = 0;
  #stopped = false;
  #working: Promise<unknown> = Promise.resolve();

  constructor({ row, system, inFlight, random, numbers, plan }: LoadOptions) {
    this.#system = system;
    this.#inFlight = inFlight;
    this.#random = random;
    this.#plan = plan;
    this.#conversations = upTo(plan.conversations).map(
      (number) => new Conversation(row, number, numbers.next(), number % 2 === 0 ? 'whatsapp' : 'sms'),
    );
  }

  /** Every conversation exists: its first message has come through. Opening one is a fault row of its own. */
  async open(): Promise<void> {
    await inParallel(this.#conversations, WIDTH, (conversation) =>
      conversation.channel === 'sms' ? this.#command(conversation) : this.#write(conversation),
    );
    await waitFor(() => this.#inFlight.count === 0, {
      timeoutMs: OPENING_MS,
      description: 'every conversation is opened',
    });
  }

  start(): void {
    this.#working = Promise.all([...upTo(WIDTH).map(() => this.#keepCommanding()), this.#keepWriting()]);
    // Told by stop(); until then nobody waits for it.
    this.#working.catch(() => undefined);
  }

  /** Lets what was begun be accepted. @throws what would not be taken */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#working;
  }

  /** So many customers write at once. */
  async burst(count: number): Promise<void> {
    await inParallel(upTo(count), WIDTH, () => this.#writeAny());
  }

  /** One command in a conversation of its own that nobody has opened before. @returns the conversation */
  async commandNew(row: string, contact: string, number: number): Promise<Conversation> {
    const conversation = new Conversation(row, number, contact, 'sms');
    await this.#command(conversation);
    return conversation;
  }

  /** The next command in a conversation. */
  commandIn(conversation: Conversation): Promise<void> {
    return this.#command(conversation);
  }

  async #keepCommanding(): Promise<void> {
    while (!this.#stopped) {
      const next = this.#inFlight.count < this.#plan.mostInFlight && this.#nextFree();
      if (next) await this.#command(next);
      else await delay(5);
    }
  }

  async #keepWriting(): Promise<void> {
    const perTick = (this.#plan.customerMessagesPerSecond * TICK_MS) / 1_000;
    let due = 0;
    while (!this.#stopped) {
      due += perTick;
      const now = Math.floor(due);
      due -= now;
      await Promise.all([delay(TICK_MS), ...upTo(now).map(() => this.#writeAny())]);
    }
  }

  /** In turn, so that none has a much longer backlog than the others. */
  #nextFree(): Conversation | undefined {
    for (let tries = this.#conversations.length; tries > 0; tries--) {
      const conversation = this.#conversations[this.#turn++ % this.#conversations.length]!;
      if (!conversation.isCommanding) return conversation;
    }
    return undefined;
  }

  /** One that is not writing already; nobody when that is hard to find. */
  async #writeAny(): Promise<void> {
    for (let tries = 20; tries > 0; tries--) {
      const conversation = this.#random.pick(this.#conversations);
      if (!conversation.isWriting) return this.#write(conversation);
    }
  }

  async #write(conversation: Conversation): Promise<void> {
    conversation.isWriting = true;
    const { contact: from, channel } = conversation;
    const text = conversation.nextWords();
    const to = this.#system.simulator.addressOf(channel);
    const { messageId } = await this.#system.simulator.customerWrites({ from, to, text });
    this.#inFlight.accept(messageId);
    conversation.isWriting = false;
  }

  async #command(conversation: Conversation): Promise<void> {
    conversation.isCommanding = true;
    const place = conversation.commands;
    const name = conversation.nameOfCommand(place);
    const messageId = await this.#accepted(conversation.request(place), name);
    this.commands.push({ name, messageId, contact: conversation.contact, place });
    this.#inFlight.accept(messageId);
    conversation.commands++;
    conversation.isCommanding = false;
  }

  /** Repeats it under the same key until it is accepted: an answer may be lost with the process that owed it. */
  async #accepted(request: unknown, key: string): Promise<string> {
    const until = Date.now() + ACCEPTED_MS;
    for (;;) {
      try {
        const { status, body } = await this.#system.api.trySend(request, key);
        if (status === 202) return body.messageId;
        if (status < 500 && status !== 429) throw new Refused(`POST /v1/messages answered ${status} to ${key}`);
      } catch (error) {
        if (error instanceof Refused) throw error;
      }
      if (Date.now() > until) throw new Refused(`command ${key} is not accepted, however often it is repeated`);
      await delay(RETRY_MS);
    }
  }
}

class Refused extends Error {}
