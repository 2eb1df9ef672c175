import { newId } from '../world/new-id.ts';
import type { ProviderEvent } from '../webhooks/event.ts';
import type { NewSubscription, NewWebhook } from './subscription-shapes.ts';

interface Stored {
  readonly id: string;
  /** ISO 8601, on the provider's clock. */
  readonly created_at: string;
}
export type Subscription = Stored & NewSubscription;
export type Webhook = Stored & NewWebhook;

/** Where one event goes: the address it has now, undefined when it is not to be sent there any more. */
export type Target = () => string | undefined;

/** The registrations of one kind, in the order of their creation. */
export class Registrations<T extends object> {
  readonly #entries = new Map<string, Stored & T>();

  list(): (Stored & T)[] {
    return [...this.#entries.values()];
  }

  find(id: string): (Stored & T) | undefined {
    return this.#entries.get(id);
  }

  add(entry: T, now: number): Stored & T {
    const stored = { ...entry, id: newId(), created_at: new Date(now).toISOString() };
    this.#entries.set(stored.id, stored);
    return stored;
  }

  /** Everything of it but its id and age becomes as given. The caller has checked that it exists. */
  replace(id: string, entry: T): Stored & T {
    const { created_at } = this.#entries.get(id) as Stored & T;
    const stored = { ...entry, id, created_at };
    this.#entries.set(id, stored);
    return stored;
  }

  /** False when there is none. */
  remove(id: string): boolean {
    return this.#entries.delete(id);
  }
}

/** Everything registered by one account. */
export class SubscriptionStore {
  readonly subscriptions = new Registrations<NewSubscription>();
  readonly webhooks = new Registrations<NewWebhook>();

  /**
   * Where an event is to be sent: each endpoint of each registration that asks for it. One that is registered twice gets it
   * twice, with the same id.
   *
   * @param channel of its conversation, where it has one
   */
  targetsOf(event: Pick<ProviderEvent, 'type'>, channel: string | undefined): Target[] {
    const { subscriptions, webhooks } = this;
    const ofSubscriptions = subscriptions.list().flatMap(({ id, endpoints }) =>
      endpoints.map((_, index): Target => {
        return () => {
          const now = subscriptions.find(id);
          return now && asksFor(now, event.type, channel) ? now.endpoints[index]?.url : undefined;
        };
      }),
    );
    const ofWebhooks = webhooks.list().map(({ id }): Target => {
      return () => {
        const now = webhooks.find(id);
        return now?.enabled && now.events.some((name) => topicOf(event.type) === name) ? now.url : undefined;
      };
    });
    return [...ofSubscriptions, ...ofWebhooks].filter((target) => target() !== undefined);
  }
}

function asksFor({ event_types, filters }: NewSubscription, type: string, channel: string | undefined): boolean {
  if (!event_types.some((name) => name === type)) return false;
  const wanted = filters?.engagement_type;
  return wanted === undefined || channel === undefined || wanted === channel.toUpperCase();
}

/** The webhook topic that an event is told under, too (guide 002, edge case 1: messages and what became of them). */
const topicOf = (type: string): string => (type === 'message' ? 'messaging.conversation.messages' : type);
