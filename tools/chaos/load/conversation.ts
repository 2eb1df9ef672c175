import type { SendRequest } from '@heliograph/testing';
import type { Random } from '../random.ts';

/** A customer as the driver plays them: who writes, who is written to, and how far both have come. */
export class Conversation {
  readonly contact: string;
  readonly channel: 'whatsapp' | 'sms';
  /** Commands accepted so far: the place of the next one. */
  commands = 0;
  /** Messages of the customer so far. */
  written = 0;
  /** One command at a time, so that there is an order to keep; and one message of the customer. */
  isCommanding = false;
  isWriting = false;
  readonly #name: string;

  constructor(row: string, number: number, contact: string, channel: 'whatsapp' | 'sms') {
    this.#name = `${row}/${number}`;
    this.contact = contact;
    this.channel = channel;
  }

  get sender(): string {
    return this.channel === 'whatsapp' ? 'support' : 'alerts';
  }

  nameOfCommand(place: number): string {
    return `${this.#name}/${place}`;
  }

  /** Every fourth WhatsApp message is a template, named in its first parameter. */
  request(place: number): SendRequest {
    const { channel, sender, contact: to } = this;
    const name = this.nameOfCommand(place);
    if (channel === 'sms' || place % 4 !== 3) return { channel, sender, to, text: name };
    return { channel, sender, to, template: { name: 'order_update', language: 'en_US', parameters: [name, 'soon'] } };
  }

  nextWords(): string {
    return `${this.#name} customer ${this.written++}`;
  }
}

/** Numbers of the range that is kept free for fiction, each once in a run. */
export class Numbers {
  readonly #taken = new Set<string>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): string {
    for (;;) {
      const number = `+1555${String(this.#random.between(0, 9_999_999)).padStart(7, '0')}`;
      if (this.#taken.has(number)) continue;
      this.#taken.add(number);
      return number;
    }
  }
}
