import type { SessionSnapshot, TimelineEntry } from '@heliograph/contracts';
import {
  deadlinesKey,
  entriesKey,
  sessionKey,
  SessionReader,
  windowKey,
  withoutParties,
} from '@heliograph/conversations';
import { fenceKey, script, type RedisClient } from '@heliograph/redis';
import { Unavailable } from '@heliograph/runtime';
import { SERVICE } from '../config.ts';
import { lastFact } from '../fold/recent-facts.ts';
import { ENTRIES_BYTES, fieldsOf, windowOf, WINDOW_KEPT_MS } from '../sessions/session.store.ts';
import type { Unpublished } from '../sessions/unpublished.ts';

const lua = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const RESTORE = script({ name: 'restore-session', file: lua('restore-session'), keys: 5 });
const ENTRIES = script({ name: 'restore-entries', file: lua('restore-entries'), keys: 3 });
const SEQUENCES = script({ name: 'read-sequences', file: lua('read-sequences'), keys: 'any' });

/** One rebuild of one partition: by this generation, on the Redis it began on. */
export interface Rebuilding {
  readonly partition: number;
  readonly generation: number;
  readonly runId: string;
}

/** How far a state is that Redis has, and of which session it wants the entries: 0 for none. */
export interface Reached {
  readonly sequence: number;
  readonly session: number;
}

/** Writes states and entries while their partition is being rebuilt and no fence is in force. */
export class RebuildStore {
  private readonly sessions: SessionReader;

  /** @param deadlineOf the moment to look at a state again, milliseconds */
  constructor(
    private readonly redis: RedisClient,
    private readonly deadlineOf: (state: SessionSnapshot) => number | undefined,
  ) {
    this.sessions = new SessionReader(redis);
  }

  /** @throws Unavailable */
  begin(partition: number, generation: number): Rebuilding {
    const { runId } = this.redis;
    if (runId === undefined) throw new Unavailable('redis', this.redis.unavailable ?? 'not verified');
    return { partition, generation, runId };
  }

  /**
   * Writes a state of which everything is published, without entries of its session.
   *
   * @throws Error when Redis was lost again, or another generation has taken the rebuild over; Unavailable
   */
  async restore(rebuilding: Rebuilding, state: SessionSnapshot): Promise<void> {
    await this.write(
      rebuilding,
      state,
      [lastFact(state), JSON.stringify(state), state.sequence, '[]', '', windowOf(state)],
      true,
    );
  }

  /**
   * Writes a state that the timeline is ahead of, with what of it is to be published first.
   *
   * @throws as {@link restore}
   */
  async restoreAhead(rebuilding: Rebuilding, next: Unpublished): Promise<void> {
    await this.write(rebuilding, next.state, fieldsOf(next), false);
  }

  /**
   * Puts entries of a session behind those that are there.
   *
   * @throws as {@link restore}
   */
  async restoreEntries(
    { partition, generation, runId }: Rebuilding,
    { conversationId, session }: { conversationId: string; session: number },
    entries: readonly TimelineEntry[],
  ): Promise<void> {
    const keys = [
      fenceKey(partition, SERVICE),
      sessionKey(partition, conversationId),
      entriesKey(partition, conversationId, session),
    ];
    const args = entries.flatMap((entry) => [entry.sequence, `[${withoutParties(JSON.stringify(entry))}]`]);
    await this.redis.runScript(ENTRIES, keys, [runId, generation, ENTRIES_BYTES, ...args]);
  }

  /** Of each conversation; zeros without a state. @throws Unavailable */
  async reached(partition: number, conversationIds: readonly string[]): Promise<Reached[]> {
    const keys = conversationIds.map((id) => sessionKey(partition, id));
    const read = await this.redis.runScript<number[]>(SEQUENCES, keys, []);
    return keys.map((_, index) => ({ sequence: read[2 * index]!, session: read[2 * index + 1]! }));
  }

  /** @throws Unavailable */
  state(partition: number, conversationId: string): Promise<SessionSnapshot | undefined> {
    return this.sessions.read(partition, conversationId);
  }

  private async write(
    { partition, generation, runId }: Rebuilding,
    state: SessionSnapshot,
    fields: (string | number)[],
    isFirst: boolean,
  ): Promise<void> {
    const { conversationId, session } = state;
    const keys = [
      fenceKey(partition, SERVICE),
      deadlinesKey(partition),
      sessionKey(partition, conversationId),
      windowKey(partition, conversationId),
      entriesKey(partition, conversationId, session),
    ];
    const deadline = this.deadlineOf(state) ?? '';
    const wanted = state.state === 'open' ? session : 0;
    const args = [runId, generation, conversationId, ...fields, WINDOW_KEPT_MS, deadline, isFirst ? 1 : 0, wanted];
    await this.redis.runScript(RESTORE, keys, args);
  }
}
