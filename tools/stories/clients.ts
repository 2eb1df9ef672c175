import type { Channel } from '@heliograph/contracts';
import { randomNumber } from '@heliograph/testing';
import type { Stack } from '../stack/stack-file.ts';
import { callJson } from './http.ts';

/** What the provider says of something the customer did. */
export interface Told {
  /** The event that tells of it. */
  eventId: string;
  /** The provider's conversation. */
  conversationId: string;
}

/** One customer on one channel whom nobody has met before, played through the simulator's control door. */
export class SimulatedCustomer {
  readonly channel: Channel;
  readonly address: string;
  readonly #account: string;
  readonly #to: string | undefined;

  constructor(stack: Stack, channel: Channel = 'whatsapp') {
    const [account] = stack.accounts;
    this.channel = channel;
    const number = randomNumber();
    this.address = channel === 'whatsapp' || channel === 'sms' ? number : `visitor-${number.slice(1)}`;
    this.#account = `${stack.simulator.control}/accounts/${account?.id}`;
    this.#to = account?.senders.find((sender) => sender.channel === channel)?.address;
  }

  /** @param agoMs milliseconds since it was written */
  write(text: string, agoMs = 0): Promise<Told> {
    const body = { from: `${this.channel}:${this.address}`, to: `${this.channel}:${this.#to}`, text, agoMs };
    return callJson<Told>(`${this.#account}/customer-messages`, { method: 'POST', body });
  }

  /** Presses a button that was offered. @param conversation the provider's */
  press(conversation: string, payload: string): Promise<Told> {
    const url = `${this.#account}/conversations/${conversation}/press`;
    return callJson<Told>(url, { method: 'POST', body: { payload } });
  }
}

/** How the provider has one of its conversations, with what was said in it last. */
export interface ProviderConversation {
  status: string;
  queueId: string;
  lines: { by: 'customer' | 'business'; text: string }[];
}

export function providerConversation(stack: Stack, id: string): Promise<ProviderConversation> {
  return callJson(`${stack.simulator.control}/accounts/${stack.accounts[0]?.id}/conversations/${id}`);
}

interface Arrival {
  account: string;
  accepted: boolean;
  text?: string;
}

/** How often the provider took a message with this text. */
export async function timesSent(stack: Stack, text: string): Promise<number> {
  // The CRM is in the same log, and its activity carries the same text.
  const account = stack.accounts[0]?.id;
  const arrivals = await evidence<Arrival>(stack, 'requests');
  return arrivals.filter((one) => one.account === account && one.accepted && one.text === text).length;
}

/** The simulator's log of what it was sent or has told. */
export async function evidence<T>({ simulator }: Stack, log: 'events' | 'requests'): Promise<T[]> {
  const answer = await fetch(`${simulator.control}/${log}`, { signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`${simulator.control}/${log} answered ${answer.status}`);
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as T);
}

export interface AcceptedMessage {
  messageId: string;
  conversationId: string;
}

/** Sends a message as the sender `support`, as any program would. @param message fields of `POST /v1/messages` */
export function sendMessage(
  stack: Stack,
  message: { channel: Channel; to: string; [field: string]: unknown },
  idempotencyKey: string,
): Promise<AcceptedMessage> {
  return post(stack, '/v1/messages', { sender: 'support', ...message }, idempotencyKey);
}

/** Gives a command about a conversation. @param path `hand-off`, `accept`, `wrap-up` or `close` */
export function giveCommand(
  stack: Stack,
  { conversation, path }: { conversation: string; path: string },
  command: object,
  idempotencyKey: string,
): Promise<{ commandId: string }> {
  return post(stack, `/v1/conversations/${conversation}/${path}`, command, idempotencyKey);
}

function post<T>({ api }: Stack, path: string, body: object, idempotencyKey: string): Promise<T> {
  const headers = { authorization: `Bearer ${api.key}`, 'idempotency-key': idempotencyKey };
  return callJson<T>(`${api.address}${path}`, { method: 'POST', headers, body });
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
