import type { Parties, SendMessage, SessionSnapshot } from '@heliograph/contracts';
import { SessionReader } from '@heliograph/conversations';
import type { Delivery } from '@heliograph/kafka';
import { partitionKey, PartitionGathering, script, type RedisClient } from '@heliograph/redis';

const SAVE = script({ name: 'save-route', file: new URL('./save-route.lua', import.meta.url), keys: 2 });
const MOST_PER_CALL = 64;
const KEEP_MS = 30 * 86_400_000;
/** Provider conversations remembered as gone; older ones cannot come back, because the session knows them as closed. */
const MOST_GONE = 8;

export interface Route {
  /** The provider conversation this dispatcher opened last. */
  readonly opened?: string;
  /** The number of the sender that the contact was given to, canonical; that conversation is with it. */
  readonly number?: string;
  /** Provider conversations that turned a message away because they are closed or unknown. */
  readonly gone: readonly string[];
  /** The customer was asked to write: when (milliseconds), and for which held message. */
  readonly asked?: Asked;
}

export interface Asked {
  readonly at: number;
  readonly by: string;
}

/** Where a message can go. */
export interface Place {
  /** Absent: a conversation has to be opened. */
  readonly providerConversationId?: string;
  /** The provider conversation that was found gone last; one that is opened now takes its place. */
  readonly lastGone?: string;
  /** The number of the sender that knows the contact; absent for a new one. */
  readonly number?: string;
  /** The customer has written to this sender before, which is an opt-in. */
  readonly customerWrote: boolean;
  /** What session-state knows; undefined before anything happened. */
  readonly session?: SessionSnapshot | undefined;
}

/** Where a message goes, and from which number. */
export type NumberedPlace = Place & { readonly number: string };

/**
 * Which provider conversation a message goes into: the one of the present session, else the one opened here that the session
 * does not know yet. A conversation that is closed, or that the provider said is gone, is never used again.
 */
export class RouteStore {
  private readonly reads = new PartitionGathering<string, string | null>(MOST_PER_CALL, (partition, ids) =>
    this.redis.call((client) => client.mget(ids.map((id) => this.key(partition, id)))),
  );

  constructor(
    private readonly redis: RedisClient,
    private readonly sessions: SessionReader,
    private readonly group: string,
  ) {}

  find({ partition }: Delivery, { conversationId }: Pick<Parties, 'conversationId'>): Promise<Place> {
    const reads = [this.sessions.read(partition, conversationId), this.read(partition, conversationId)] as const;
    return Promise.all(reads).then(([session, route]) => placeOf(session, route));
  }

  /** The provider's id of a message that a receipt with our reference told of, although its answer never came. */
  async receiptOf({ partition }: Delivery, { conversationId, messageId }: SendMessage): Promise<string | undefined> {
    const session = await this.sessions.read(partition, conversationId);
    return session?.earlyReceipts?.find(({ reference }) => reference === messageId)?.providerMessageId;
  }

  async opened(
    delivery: Delivery,
    conversationId: string,
    providerConversationId: string,
    number: string,
  ): Promise<void> {
    const route = await this.read(delivery.partition, conversationId);
    await this.save(delivery, conversationId, { ...route, opened: providerConversationId, number });
  }

  /** Gives the contact to a number, before anything is begun with it: a retry or another owner goes on with the same one. */
  async assign(delivery: Delivery, conversationId: string, number: string): Promise<void> {
    const route = await this.read(delivery.partition, conversationId);
    await this.save(delivery, conversationId, { ...route, number });
  }

  async gone(delivery: Delivery, conversationId: string, providerConversationId: string): Promise<void> {
    const route = await this.read(delivery.partition, conversationId);
    const gone = [...route.gone.filter((id) => id !== providerConversationId), providerConversationId];
    await this.save(delivery, conversationId, { ...route, gone: gone.slice(-MOST_GONE) });
  }

  /** Who asked the customer to write last, and when. */
  async asked({ partition }: Delivery, conversationId: string): Promise<Asked | undefined> {
    return (await this.read(partition, conversationId)).asked;
  }

  /** Notes who asks, before anything is begun. */
  async asks(delivery: Delivery, conversationId: string, asked: Asked): Promise<void> {
    const route = await this.read(delivery.partition, conversationId);
    await this.save(delivery, conversationId, { ...route, asked });
  }

  /** Puts back what the topics know of a route, oldest first, for a rebuild after Redis was lost. */
  async restore(partition: number, conversationId: string, known: Partial<Route>): Promise<void> {
    const before = await this.read(partition, conversationId);
    const gone = [...new Set([...before.gone, ...(known.gone ?? [])])].slice(-MOST_GONE);
    const route: Route = { ...before, ...known, gone };
    await this.redis.call((client) =>
      client.set(this.key(partition, conversationId), JSON.stringify(route), 'PX', KEEP_MS),
    );
  }

  private read(partition: number, conversationId: string): Promise<Route> {
    return this.reads
      .add(partition, conversationId)
      .then((stored) => (stored === null ? { gone: [] } : (JSON.parse(stored) as Route)));
  }

  private async save({ partition, fence }: Delivery, conversationId: string, route: Route): Promise<void> {
    const held = { partition, group: this.group, token: fence };
    await this.redis.runFenced(SAVE, held, [this.key(partition, conversationId)], [JSON.stringify(route), KEEP_MS]);
  }

  private key(partition: number, conversationId: string): string {
    return partitionKey(partition, 'route', conversationId);
  }
}

function placeOf(session: SessionSnapshot | undefined, route: Route): Place {
  const candidates = [session?.state === 'open' ? session.providerConversationId : undefined, route.opened];
  const usable = (id?: string) => id && !route.gone.includes(id) && id !== session?.closedProviderConversationId;
  const providerConversationId = candidates.find(usable);
  const openedHere = providerConversationId !== undefined && providerConversationId === route.opened;
  // The number that the customer wrote to holds the window.
  const number = (openedHere ? route.number : undefined) ?? session?.senderAddress ?? route.number;
  return {
    providerConversationId,
    lastGone: route.gone.at(-1),
    number,
    customerWrote: session?.lastCustomerMessageAt !== undefined,
    session,
  };
}
