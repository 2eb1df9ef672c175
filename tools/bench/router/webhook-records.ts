import { randomUUID } from 'node:crypto';
import { EVENTS, factId } from '@heliograph/contracts';
import { guideMessage, guideReceipt, randomNumber, type GuideEvent } from '@heliograph/testing';
import { recordOf } from '../backlog/records.ts';
import type { TopicMessage } from '../bare/bare-producer.ts';

const ACCOUNT = 'acme-genesys';
const CONVERSATIONS = 2_000;
const TEXT = 'Hello, I ordered a blue lamp last week and it has not arrived yet. Could you tell me where my parcel is?';

/** Webhooks of conversations in turn, as ingress-webhooks writes them: a customer's message, then a receipt. */
export class WebhookRecords {
  readonly #namespace: string;
  readonly #customers = Array.from({ length: CONVERSATIONS }, () => ({
    from: randomNumber(),
    conversationId: randomUUID(),
  }));
  #made = 0;

  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  take(count: number): TopicMessage[] {
    return Array.from({ length: count }, () => this.#next(this.#made++));
  }

  #next(index: number): TopicMessage {
    const customer = this.#customers[index % CONVERSATIONS]!;
    const isReceipt = Math.floor(index / CONVERSATIONS) % 2 === 1;
    const event: GuideEvent = isReceipt
      ? guideReceipt(randomUUID(), 'delivered', customer.conversationId)
      : guideMessage({ ...customer, text: TEXT });
    return recordOf(this.#namespace, EVENTS.webhookReceived, {
      id: factId(`${ACCOUNT}/${event.id}`),
      key: customer.conversationId,
      data: event,
      account: ACCOUNT,
      extensions: { profile: 'genesys-guide', eventid: event.id },
    });
  }
}
