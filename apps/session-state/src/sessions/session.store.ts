import type { SessionSnapshot, TimelineEntry } from '@heliograph/contracts';
import { messageKey, sessionKey, windowKey } from '@heliograph/conversations';
import { script, type HeldFence, type RedisClient } from '@heliograph/redis';
import { KEPT_MS } from '../fold/messages.ts';
import { lastFact } from '../fold/recent-facts.ts';
import { jsonOf, type Cause, type Unpublished } from './unpublished.ts';

const lua = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const TAKE = script({ name: 'take-session', file: lua('take-session'), keys: 2 });
const WRITE = script({ name: 'write-session', file: lua('write-session'), keys: 3 });
const CLEAR = script({ name: 'clear-session', file: lua('clear-session'), keys: 1 });
const INDEX = script({ name: 'index-message', file: lua('index-message'), keys: 1 });

/** Longer than any provider's window counts. */
const WINDOW_KEPT_MS = 7 * 24 * 60 * 60 * 1000;

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
  async write(
    fence: HeldFence,
    before: SessionSnapshot | undefined,
    next: Unpublished,
    json = jsonOf(next),
  ): Promise<boolean> {
    const { conversationId } = next.state;
    const keys = [sessionKey(fence.partition, conversationId), windowKey(fence.partition, conversationId)];
    const written = await this.redis.runFenced<number>(WRITE, fence, keys, [
      before === undefined ? '' : lastFact(before),
      ...fieldsOf(next, json),
    ]);
    return written === 1;
  }

  /** Call when the entries and the snapshot are acknowledged. @throws Unavailable; clearing again is safe */
  async clear(partition: number, published: SessionSnapshot): Promise<void> {
    await this.redis.runScript(CLEAR, [sessionKey(partition, published.conversationId)], [lastFact(published)]);
  }

  /** Makes messages findable by id alone. @throws Unavailable */
  async indexMessages(conversationId: string, messageIds: readonly string[]): Promise<void> {
    const index = (id: string): Promise<unknown> =>
      this.redis.runScript(INDEX, [messageKey(id)], [conversationId, KEPT_MS]);
    await Promise.all(messageIds.map(index));
  }
}

/**
 * What every script that writes a state takes: hash of the fact folded last, state, sequence, entries, cause (empty: all of
 * it is published), the window and its time to live.
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
    WINDOW_KEPT_MS,
  ];
}
