import { createHmac } from 'node:crypto';
import type { Channel } from '@heliograph/contracts';

/** Shorter keys can be tried out, and phone numbers are few. */
export const LEAST_KEY_BYTES = 32;

export interface ConsentContact {
  readonly tenant: string;
  readonly channel: Channel;
  /** Canonical address. */
  readonly address: string;
}

/** Names contacts by a keyed hash, so that what is kept of them for ever tells nobody who they are. */
export class Subjects {
  readonly #key: string;

  /** @param key the same for the life of the data: with another one every opt-out is forgotten. @throws Error for a short one */
  constructor(key: string) {
    if (Buffer.byteLength(key) < LEAST_KEY_BYTES) throw new Error(`the key must have ${LEAST_KEY_BYTES} bytes or more`);
    this.#key = key;
  }

  /** HMAC-SHA256 in base64url. A number is one person on WhatsApp and by SMS: who stops one stops the other. */
  of({ tenant, channel, address }: ConsentContact): string {
    const isPhone = channel === 'whatsapp' || channel === 'sms';
    const named = isPhone ? ['phone', address.replace(/^\+/, '')] : [channel, address];
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([tenant, ...named]))
      .digest('base64url');
  }
}
