import type { Stack } from '../stack/stack-file.ts';
import { callJson } from './http.ts';

/** One customer, played through the simulator's control door. */
export class SimulatedCustomer {
  readonly #stack: Stack;
  readonly number: string;

  constructor(stack: Stack, number: string) {
    this.#stack = stack;
    this.number = number;
  }

  /** Returns the id of the provider's event that tells of it. */
  async write(text: string): Promise<string> {
    const account = this.#stack.accounts[0];
    const ours = account?.senders.find(({ channel }) => channel === 'whatsapp');
    const url = `${this.#stack.simulator.control}/accounts/${account?.id}/customer-messages`;
    const { eventId } = await callJson<{ eventId: string }>(url, {
      method: 'POST',
      body: { from: `whatsapp:${this.number}`, to: `whatsapp:${ours?.address}`, text },
    });
    return eventId;
  }
}

export interface SendText {
  to: string;
  text: string;
  idempotencyKey: string;
}

export interface AcceptedMessage {
  messageId: string;
  conversationId: string;
}

/** Sends free text on WhatsApp, as any program would. */
export function sendText(stack: Stack, { to, text, idempotencyKey }: SendText): Promise<AcceptedMessage> {
  return callJson<AcceptedMessage>(`${stack.api.address}/v1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.api.key}`, 'idempotency-key': idempotencyKey },
    body: { channel: 'whatsapp', sender: 'support', to, text },
  });
}

/** What became of a message. */
export function messageStatus(stack: Stack, messageId: string): Promise<{ status: string }> {
  return callJson(`${stack.api.address}/v1/messages/${messageId}`, {
    headers: { authorization: `Bearer ${stack.api.key}` },
  });
}

/** What the CRM holds of a conversation. */
export async function crmActivities(stack: Stack, conversationId: string): Promise<Record<string, unknown>[]> {
  const url = `${stack.crm.address}/activities?conversationId=${conversationId}`;
  const page = await callJson<{ entities: Record<string, unknown>[] }>(url, {
    headers: { authorization: `Bearer ${stack.crm.key}` },
  });
  return page.entities;
}
