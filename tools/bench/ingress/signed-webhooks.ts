import { randomUUID } from 'node:crypto';
import { guideMessage, guideSignature } from '@heliograph/testing';

export interface SignedWebhook {
  readonly body: Buffer;
  readonly signature: string;
}

/** An ordinary customer message: two sentences. */
const TEXT = 'Hello, I ordered a blue lamp last week and it has not arrived yet. Could you tell me where my parcel is?';

/** Different customer messages, each in a conversation of its own, signed beforehand so that signing costs no measured time. */
export function signedWebhooks(count: number, secret: string): SignedWebhook[] {
  return Array.from({ length: count }, () => {
    const body = Buffer.from(JSON.stringify(guideMessage({ conversationId: randomUUID(), text: TEXT })));
    return { body, signature: guideSignature(secret, body) };
  });
}
