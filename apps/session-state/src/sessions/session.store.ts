import type { SessionSnapshot, TimelineEntry } from '@heliograph/contracts';
import { messageKey, sessionKey, windowKey } from '@heliograph/conversations';
import { PartitionGathering, script, type HeldFence, type RedisClient } from '@heliograph/redis';
import { SERVICE } from '../config.ts';
import { KEPT_MS } from '../fold/messages.ts';
import { lastFact } from '../fold/recent-facts.ts';
import { jsonOf, type Cause, type Unpublished } from './unpublished.ts';

const lua = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const TAKE = script({ name: 'take-session', file: lua('take-session'), keys: 2 });
const WRITE = script({ name: 'write-sessions', file: lua('write-sessions'), keys: 'any' });
const CLEAR = script({ name: 'clear-sessions', file: lua('clear-sessions'), keys: 'any' });
const INDEX = script({ name: 'index-message', file: lua('index-message'), keys: 1 });

/** Longer than any provider's window counts. */
export const WINDOW_KEPT_MS = 7 * 24 * 60 * 60 * 1000;
/** Conversations of one script: a few kilobytes each, and about 10 µs of Redis' time. */
const MOST_PER_CALL = 64;

export type Taken =
  /** Everything of it is published. */
  | { readonly kind: 'free'; readonly state: SessionSnapshot | undefined }
  /** Must be published before anything else is folded; the caller is its publisher from now on. */
  | { readonly kind: 'pending'; readonly unpublished: Unpublished }
  /** An earlier owner may still be publishing for so many milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number };

/**
 * The working set of folded states. A state and what is not yet published of it are written together, so a crash at any
 * moment leaves enough to publish the same entries under the same numbers.
 */
export class SessionStore {
  private readonly writes = new PartitionGathering<WrittenSession, boolean>(
    MOST_PER_CALL,
    (partition, sessions, token) => this.writeAll(partition, sessions, token),
  );
  private readonly clears = new PartitionGathering<SessionSnapshot>(MOST_PER_CALL, (partition, published) =>
    this.clearAll(partition, published),
  );

  /**
   * @param publishMs how long a publish can last after this store named its publisher, until its last byte has arrived:
   * publish deadline + the time of one try + a margin
   */
  constructor(
    private readonly redis: RedisClient,
    private readonly publishMs: number,
  ) {}

  /** @throws FenceLost, Unavailable */
  async take(fence: HeldFence, conversationId: string): Promise<Taken> {
    const key = sessionKey(fence.partition, conversationId);
    const [kind, ...values] = await this.redis.runFenced<(string | null)[]>(TAKE, fence, [key], [this.publishMs]);
    const [state, entries, cause] = values as string[];
    if (kind === 'wait') return { kind, ms: Number(state) };
    if (kind === 'free') return { kind, state: state ? (JSON.parse(state) as SessionSnapshot) : undefined };
    return {
      kind: 'pending',
      unpublished: {
        state: JSON.parse(state!) as SessionSnapshot,
        entries: JSON.parse(entries!) as TimelineEntry[],
        cause: JSON.parse(cause!) as Cause,
      },
    };
  }

  /**
   * Writes the next state of a conversation; the caller is the publisher of what is new.
   *
   * @param before the state that was folded
   * @param json of the next state and its entries, when it is at hand
   * @returns false when Redis has another state than that, or one that is not published: nothing was written
   * @throws FenceLost, Unavailable; after the latter it may have been written
   */
  write(
    { partition, token }: HeldFence,
    before: SessionSnapshot | undefined,
    next: Unpublished,
    json = jsonOf(next),
  ): Promise<boolean> {
    const fields = [before === undefined ? '' : lastFact(before), ...fieldsOf(next, json)];
    return this.writes.add(partition, { conversationId: next.state.conversationId, fields }, token);
  }

  /** Call when the entries and the snapshot are acknowledged. @throws Unavailable; clearing again is safe */
  clear(partition: number, published: SessionSnapshot): Promise<void> {
    return this.clears.add(partition, published);
  }

  /** Makes messages findable by id alone. @throws Unavailable */
  async indexMessages(conversationId: string, messageIds: readonly string[]): Promise<void> {
    const index = (id: string): Promise<unknown> =>
      this.redis.runScript(INDEX, [messageKey(id)], [conversationId, KEPT_MS]);
    await Promise.all(messageIds.map(index));
  }

  private async writeAll(partition: number, sessions: readonly WrittenSession[], token: string): Promise<boolean[]> {
    const fence = { partition, group: SERVICE, token };
    const keys = sessions.flatMap(({ conversationId }) => [
      sessionKey(partition, conversationId),
      windowKey(partition, conversationId),
    ]);
    const written = await this.redis.runFenced<number[]>(WRITE, fence, keys, [
      WINDOW_KEPT_MS,
      ...sessions.flatMap(({ fields }) => fields),
    ]);
    return written.map((one) => one === 1);
  }

  private async clearAll(partition: number, published: readonly SessionSnapshot[]): Promise<[]> {
    const keys = published.map(({ conversationId }) => sessionKey(partition, conversationId));
    await this.redis.runScript(CLEAR, keys, published.map(lastFact));
    return [];
  }
}

/** One conversation of {@link WRITE}: the fact it ended with before, and what is written. */
interface WrittenSession {
  readonly conversationId: string;
  readonly fields: readonly (string | number)[];
}

/**
 * What every script that writes a state takes: hash of the fact folded last, state, sequence, entries, cause (empty: all of
 * it is published), and the window.
 */
export function fieldsOf(
  written: Pick<Unpublished, 'state'> & Partial<Unpublished>,
  json = jsonOf({ state: written.state, entries: written.entries ?? [] }),
): (string | number)[] {
  const { state, cause } = written;
  return [
    lastFact(state),
    json.state,
    state.sequence,
    `[${json.entries.join(',')}]`,
    cause === undefined ? '' : JSON.stringify(cause),
    state.lastCustomerMessageAt === undefined ? '' : Date.parse(state.lastCustomerMessageAt),
  ];
}
