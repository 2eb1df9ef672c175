import type { SessionSnapshot } from '@heliograph/contracts';
import {
  deadlinesKey,
  entriesKey,
  messageKey,
  readSessionEntries,
  sessionKey,
  windowKey,
  type SessionEntry,
} from '@heliograph/conversations';
import { PartitionGathering, script, type HeldFence, type RedisClient } from '@heliograph/redis';
import { SERVICE } from '../config.ts';
import { eraseSessions } from '../erasure/erase-sessions.ts';
import { KEPT_MS } from '../fold/messages.ts';
import { lastFact } from '../fold/recent-facts.ts';
import { jsonOf, storedCause, storedEntries, unpublishedOf, type Unpublished } from './unpublished.ts';

const lua = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const TAKE = script({ name: 'take-session', file: lua('take-session'), keys: 2 });
const WRITE = script({ name: 'write-sessions', file: lua('write-sessions'), keys: 'any' });
const CLEAR = script({ name: 'clear-sessions', file: lua('clear-sessions'), keys: 'any' });
const FORGET = script({ name: 'forget-entries', file: lua('forget-entries'), keys: 1 });
const INDEX = script({ name: 'index-message', file: lua('index-message'), keys: 1 });

/** Longer than any provider's window counts. */
export const WINDOW_KEPT_MS = 7 * 24 * 60 * 60 * 1000;
/** Entries of one session, more than one archive record can hold; beyond it the oldest go. */
export const ENTRIES_BYTES = 1_500_000;
/** How long the entries of a session are kept after it was archived. */
const ARCHIVED_KEPT_MS = 60 * 60 * 1000;
/** Conversations of one script: a few kilobytes each, and about 10 µs of Redis' time. */
const MOST_PER_CALL = 64;

export type Taken =
  /** Everything of it is published. */
  | { readonly kind: 'free'; readonly state: SessionSnapshot | undefined }
  /** Must be published before anything else is folded; the caller is its publisher from now on: `since` is for `clear`. */
  | { readonly kind: 'pending'; readonly unpublished: Unpublished; readonly since: number }
  /** An earlier owner may still be publishing for so many milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number };

/**
 * The working set of folded states. A state and what is not yet published of it are written together, so a crash at any
 * moment leaves enough to publish the same entries under the same numbers.
 */
export class SessionStore {
  private readonly writes = new PartitionGathering<WrittenSession, number>(
    MOST_PER_CALL,
    (partition, sessions, token) => this.writeAll(partition, sessions, token),
  );
  private readonly clears = new PartitionGathering<Published>(MOST_PER_CALL, (partition, published, token) =>
    this.clearAll(partition, published, token),
  );

  /**
   * @param publishMs how long a publish can last after this store named its publisher, until its last byte has arrived:
   * publish deadline + the time of one try + a margin
   * @param deadlineOf the moment to look at a state again, milliseconds
   * @param clock milliseconds; the same as that of the looks
   */
  constructor(
    private readonly redis: RedisClient,
    private readonly publishMs: number,
    private readonly deadlineOf: (state: SessionSnapshot) => number | undefined,
    private readonly clock: () => number,
  ) {}

  /** @throws FenceLost, Unavailable */
  async take(fence: HeldFence, conversationId: string): Promise<Taken> {
    const key = sessionKey(fence.partition, conversationId);
    const [kind, ...values] = await this.redis.runFenced<(string | null)[]>(TAKE, fence, [key], [this.publishMs]);
    const [state, entries, cause, since] = values as string[];
    if (kind === 'wait') return { kind, ms: Number(state) };
    if (kind === 'free') return { kind, state: state ? (JSON.parse(state) as SessionSnapshot) : undefined };
    const unpublished = unpublishedOf({ state: state!, entries: entries!, cause: cause! });
    return { kind: 'pending', unpublished, since: Number(since) };
  }

  /**
   * Writes the next state of a conversation; the caller is the publisher of what is new.
   *
   * @param before the state that was folded
   * @param json of the next state and its entries, when it is at hand
   * @returns since when the caller is the publisher, for {@link clear}; 0 when Redis has another state than that, or one that is
   * not published: nothing was written
   * @throws FenceLost, Unavailable; after the latter it may have been written
   */
  write(
    { partition, token }: HeldFence,
    before: SessionSnapshot | undefined,
    next: Unpublished,
    json = jsonOf(next),
  ): Promise<number> {
    const { conversationId, session } = next.state;
    const fields = [
      before === undefined ? '' : lastFact(before),
      ...fieldsOf(next, json),
      this.nextLook(before, next.state),
      listing(before, next),
    ];
    return this.writes.add(partition, { conversationId, session, fields }, token);
  }

  /**
   * Call when everything of it is acknowledged. Does nothing when somebody else publishes it by now, or the caller once more.
   *
   * @param since what made the caller its publisher answered
   * @throws Unavailable; clearing again is safe
   */
  clear({ partition, token }: HeldFence, state: SessionSnapshot, since: number): Promise<void> {
    return this.clears.add(partition, { state, since }, token);
  }

  /** Call when a session's archive is acknowledged, before clearing. @throws Unavailable; repeating is safe */
  async forgetEntries(partition: number, conversationId: string, session: number): Promise<void> {
    await this.redis.runScript(FORGET, [entriesKey(partition, conversationId, session)], [ARCHIVED_KEPT_MS]);
  }

  /** Leaves nothing of what was said in the sessions up to this one. @throws FenceLost, Unavailable; repeating is safe */
  eraseSessions(fence: HeldFence, conversationId: string, upTo: number): Promise<void> {
    return eraseSessions(this.redis, fence, conversationId, upTo);
  }

  /** What is kept of a session's entries, in their order. @throws Unavailable */
  entriesOf(partition: number, conversationId: string, session: number): Promise<SessionEntry[]> {
    return readSessionEntries(this.redis, partition, conversationId, session);
  }

  /** Makes messages findable by id alone. @throws Unavailable */
  async indexMessages(conversationId: string, messageIds: readonly string[]): Promise<void> {
    const index = (id: string): Promise<unknown> =>
      this.redis.runScript(INDEX, [messageKey(id)], [conversationId, KEPT_MS]);
    await Promise.all(messageIds.map(index));
  }

  private async writeAll(partition: number, sessions: readonly WrittenSession[], token: string): Promise<number[]> {
    const fence = { partition, group: SERVICE, token };
    const keys = sessions.flatMap(({ conversationId, session }) => [
      sessionKey(partition, conversationId),
      windowKey(partition, conversationId),
      entriesKey(partition, conversationId, session),
    ]);
    const args = sessions.flatMap(({ conversationId, fields }) => [conversationId, ...fields]);
    return this.redis.runFenced<number[]>(
      WRITE,
      fence,
      [deadlinesKey(partition), ...keys],
      [WINDOW_KEPT_MS, ENTRIES_BYTES, ...args],
    );
  }

  private async clearAll(partition: number, published: readonly Published[], token: string): Promise<[]> {
    const keys = published.map(({ state }) => sessionKey(partition, state.conversationId));
    const args = published.flatMap(({ state, since }) => [lastFact(state), since]);
    await this.redis.runScript(CLEAR, keys, [token, ...args]);
    return [];
  }

  /**
   * Every conversation that has a deadline is in the sorted set at that moment or earlier: looked at too early, it is put off. So a
   * deadline that moves on with each fact costs nothing; one that comes nearer is set. So is one that follows a moment that has
   * passed: a look may have found that, and put the conversation off until the deadline would be folded at the latest.
   */
  private nextLook(before: SessionSnapshot | undefined, next: SessionSnapshot): number | '' | 'none' {
    const known = before && this.deadlineOf(before);
    const deadline = this.deadlineOf(next);
    if (deadline === undefined) return known === undefined ? '' : 'none';
    return known !== undefined && known <= deadline && known > this.clock() ? '' : deadline;
  }
}

/** One conversation of {@link WRITE}: the fact it ended with before, and what is written. */
interface WrittenSession {
  readonly conversationId: string;
  /** Whose list the entries go to. */
  readonly session: number;
  readonly fields: readonly (string | number)[];
}

/** One conversation of {@link CLEAR}. */
interface Published {
  readonly state: SessionSnapshot;
  readonly since: number;
}

/** What every script that writes a state takes of it: hash of the fact folded last, state, sequence, entries, cause, window. */
export function fieldsOf(next: Unpublished, json = jsonOf(next)): (string | number)[] {
  const { state } = next;
  return [lastFact(state), json.state, state.sequence, storedEntries(json), storedCause(next), windowOf(state)];
}

/** What becomes of the entries of a fact: they begin the list of their session, go on it, or come after its archive. */
function listing(before: SessionSnapshot | undefined, { state, archives }: Unpublished): 1 | 0 | '' {
  if (state.session !== before?.session) return 1;
  return state.state === 'open' || archives?.session === state.session ? 0 : '';
}

/** Moment of the customer's last message, milliseconds; empty when there was none. */
export const windowOf = ({ lastCustomerMessageAt: at }: SessionSnapshot): number | '' =>
  at === undefined ? '' : Date.parse(at);
