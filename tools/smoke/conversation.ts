import { randomUUID } from 'node:crypto';
import { canonicalAddress, conversationId, TOPICS, type TimelineEntry } from '@heliograph/contracts';
import { followTopic, randomNumber, type Following } from '@heliograph/testing';
import { crmActivities, messageStatus, sendText, SimulatedCustomer, type AcceptedMessage } from '../demo/clients.ts';
import type { Stack } from '../stack/stack-file.ts';
import type { Stage } from './stage.ts';

interface Arrival {
  account: string;
  accepted: boolean;
  text?: string;
}

interface ToldEvent {
  id: string;
  acknowledgedAt?: number;
}

/** A new conversation with a contact that nobody has, and what has been seen of it so far. */
export class SmokeConversation {
  readonly #stack: Stack;
  readonly #customer: SimulatedCustomer;
  readonly #id: string;
  readonly #question = `Is anybody there? ${randomUUID()}`;
  readonly #answer = `We are. ${randomUUID()}`;
  readonly #entries: TimelineEntry[] = [];
  readonly #readers: Following[] = [];
  #routed = false;
  #event: string | undefined;
  #accepted: AcceptedMessage | undefined;

  constructor(stack: Stack) {
    this.#stack = stack;
    this.#customer = new SimulatedCustomer(stack, randomNumber());
    const contact = canonicalAddress('whatsapp', this.#customer.number) ?? '';
    this.#id = conversationId(stack.accounts[0]?.tenant ?? '', 'whatsapp', 'support', contact);
  }

  /** In the order in which the conversation goes through them. */
  get stages(): Stage[] {
    const inbound = ['ingress-webhooks', 'dedup-router', 'session-state'];
    return [
      { name: 'topics are read', services: ['session-state'], reached: () => this.#read() },
      { name: 'webhook accepted', services: ['ingress-webhooks'], reached: () => this.#isAcknowledged() },
      { name: 'fact routed', services: ['dedup-router'], reached: () => (this.#routed ? this.#id : undefined) },
      { name: 'timeline entry numbered', services: ['session-state'], reached: () => this.#entry('message.received') },
      { name: 'API accepted the answer', services: ['messaging-api'], reached: () => this.#send() },
      { name: 'provider received it', services: ['outbound-dispatcher'], reached: () => this.#hasArrived() },
      { name: 'receipt applied', services: inbound, reached: () => this.#receipt() },
      { name: 'CRM activities written', services: ['crm-sync'], reached: () => this.#isInCrm() },
      { name: 'API shows it as read', services: ['messaging-api', 'session-state'], reached: () => this.#isRead() },
    ];
  }

  async close(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.close()));
  }

  /** Both topics from before the first word. */
  async #read(): Promise<string> {
    const follow = async (topic: { name: string }, onEntry: (json: unknown) => void): Promise<void> => {
      const reader = await followTopic({
        brokers: this.#stack.kafka.brokers,
        topic: `${this.#stack.namespace}${topic.name}`,
        group: `smoke-${randomUUID()}`,
        onRecord: ({ key, json }) => (key === this.#id ? onEntry(json) : undefined),
      });
      this.#readers.push(reader);
    };
    await Promise.all([
      follow(TOPICS.conversationInbound, () => (this.#routed = true)),
      follow(TOPICS.conversationTimeline, (json) => void this.#entries.push(json as TimelineEntry)),
    ]);
    return this.#stack.kafka.brokers.join(',');
  }

  async #isAcknowledged(): Promise<string | undefined> {
    this.#event ??= await this.#customer.write(this.#question);
    const told = (await this.#evidence<ToldEvent>('events')).find(({ id }) => id === this.#event);
    return told?.acknowledgedAt === undefined ? undefined : `event ${told.id}`;
  }

  #entry(kind: string): string | undefined {
    const entry = this.#entries.find((one) => one.kind === kind);
    return entry && `sequence ${entry.sequence}`;
  }

  async #send(): Promise<string> {
    const request = { to: this.#customer.number, text: this.#answer, idempotencyKey: this.#answer };
    this.#accepted ??= await sendText(this.#stack, request);
    return `message ${this.#accepted.messageId}`;
  }

  async #hasArrived(): Promise<string | undefined> {
    const failed = this.#entries.find(({ kind }) => kind === 'message.failed');
    if (failed) throw new Error(`the message failed: ${String(failed.fact.reason)}`);
    const arrivals = await this.#evidence<Arrival>('requests');
    // The CRM is in the same log, and its activity carries the same text.
    const sends = arrivals.filter(({ account }) => account === this.#stack.accounts[0]?.id);
    const times = sends.filter(({ accepted, text }) => accepted && text === this.#answer).length;
    if (times > 1) throw new Error(`the provider took the message ${times} times`);
    return times === 1 ? 'once' : undefined;
  }

  #receipt(): string | undefined {
    const read = this.#entries.find(({ fact }) => fact.status === 'read');
    return read && `sequence ${read.sequence}: read`;
  }

  async #isInCrm(): Promise<string | undefined> {
    const activities = await crmActivities(this.#stack, this.#id);
    return activities.length >= this.#entries.length ? `${activities.length} activities` : undefined;
  }

  async #isRead(): Promise<string | undefined> {
    const { status } = await messageStatus(this.#stack, this.#accepted?.messageId ?? '');
    return status === 'read' ? status : undefined;
  }

  /** The simulator's log of what it was sent or has told. */
  async #evidence<T>(log: 'events' | 'requests'): Promise<T[]> {
    const { control } = this.#stack.simulator;
    const answer = await fetch(`${control}/${log}`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`${control}/${log} answered ${answer.status}`);
    const lines = (await answer.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as T);
  }
}
