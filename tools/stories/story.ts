import { randomUUID } from 'node:crypto';
import { canonicalAddress, conversationId, type Channel, type TimelineEntry } from '@heliograph/contracts';
import type { Stack } from '../stack/stack-file.ts';
import { giveCommand, sendMessage, SimulatedCustomer, type AcceptedMessage, type Told } from './clients.ts';
import type { Stage } from './stage.ts';
import type { Watch } from './watch.ts';

/** A conversation that plays by itself, stage by stage: shown by `npm start`, checked by `npm run smoke`. */
export interface Story {
  /** One word for what it is about. */
  readonly name: string;
  /** What it shows, for people. */
  readonly title: string;
  readonly conversation: string;
  /** In the order in which the conversation goes through them. */
  readonly stages: readonly Stage[];
  /** What its stages have found is more than its timeline tells. */
  readonly reports?: true;
}

export interface Step {
  name: string;
  /** Whose log says more when it fails, the likeliest first. */
  services: readonly string[];
  /** What makes it happen; done once, and with the same idempotency key again when it could not be done. */
  does?: (key: string) => Promise<unknown>;
  /** What shows that it has happened; undefined: nothing does yet. */
  shows: () => Promise<TimelineEntry | string | undefined> | TimelineEntry | string | undefined;
}

export type StoryTeller = (stack: Stack, watch: Watch) => Story;

/** The services that a customer's message goes through until it is on the timeline. */
export const INBOUND = ['ingress-webhooks', 'dedup-router', 'session-state'] as const;
/** The services that a command goes through until its outcome is on the timeline. */
export const OUTBOUND = ['outbound-dispatcher', 'session-state', 'messaging-api'] as const;

/** A new conversation with a customer whom nobody has met before, and both hands on it: theirs and ours. */
export class Conversation {
  readonly id: string;
  readonly customer: SimulatedCustomer;
  /** The provider's id of what the customer writes into. */
  provider = '';
  readonly #stack: Stack;
  readonly #watch: Watch;
  /** Entries there were when something was last done. */
  #before = 0;

  constructor(stack: Stack, watch: Watch, channel: Channel, sender = 'support') {
    this.#stack = stack;
    this.#watch = watch;
    this.customer = new SimulatedCustomer(stack, channel);
    const contact = canonicalAddress(channel, this.customer.address) ?? '';
    this.id = conversationId(stack.accounts[0]?.tenant ?? '', channel, sender, contact);
    watch.add(this.id);
  }

  get entries(): readonly TimelineEntry[] {
    return this.#watch.entriesOf(this.id);
  }

  /** @param agoMs milliseconds since the customer wrote it */
  async writes(text: string, agoMs = 0): Promise<Told> {
    this.#before = this.entries.length;
    const told = await this.customer.write(text, agoMs);
    this.provider = told.conversationId;
    return told;
  }

  presses(payload: string): Promise<Told> {
    this.#before = this.entries.length;
    return this.customer.press(this.provider, payload);
  }

  /** @param content fields of `POST /v1/messages` beside channel, sender and recipient */
  sends(content: object, key: string): Promise<AcceptedMessage> {
    this.#before = this.entries.length;
    const { channel, address } = this.customer;
    return sendMessage(this.#stack, { channel, to: address, ...content }, key);
  }

  command(path: string, command: object, key: string): Promise<{ commandId: string }> {
    this.#before = this.entries.length;
    return giveCommand(this.#stack, { conversation: this.id, path }, command, key);
  }

  /** What tells that the customer has read the message of a `message.sent`. */
  readOf(sent: TimelineEntry | undefined): TimelineEntry | undefined {
    // What the provider calls it: a receipt knows no other name.
    const providerMessageId = sent?.fact.providerMessageId;
    if (providerMessageId === undefined) return undefined;
    return this.newest('message.status-reported', { providerMessageId, status: 'read' });
  }

  /** The newest message of ours with that type of content. */
  newestSent(type: string): TimelineEntry | undefined {
    this.newest('message.sent');
    return this.entries.findLast(({ kind, fact }) => kind === 'message.sent' && contentOf(fact).type === type);
  }

  /** The newest entry of a kind whose fact has these values. @throws Error when what was done last has failed */
  newest(kind: string, values: Record<string, unknown> = {}): TimelineEntry | undefined {
    const found = this.entries.findLast((entry) => entry.kind === kind && has(entry.fact, values));
    if (found) return found;
    const failed = this.entries.slice(this.#before).find((entry) => entry.kind.endsWith('.failed'));
    if (failed) throw new Error(`${failed.kind}: ${String(failed.fact.reason)}`);
    return undefined;
  }
}

/** Of a `message.sent` or `message.received`. */
const contentOf = ({ content = {} }: Record<string, unknown>): { type?: string; text?: string } => content as object;

const has = (fact: Record<string, unknown>, values: Record<string, unknown>): boolean =>
  Object.entries(values).every(([name, value]) => fact[name] === value);

/** A stage that something has to be done for, once. */
export function stage({ name, services, does, shows }: Step): Stage {
  const key = randomUUID();
  let done = does === undefined;
  const reached = async (): Promise<string | undefined> => {
    if (!done) await does?.(key);
    done = true;
    const shown = await shows();
    return typeof shown === 'object' ? `sequence ${shown.sequence}` : shown;
  };
  return { name, services, reached };
}
