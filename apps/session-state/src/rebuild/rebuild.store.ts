import type { SessionSnapshot } from '@heliograph/contracts';
import { sessionKey, SessionReader, windowKey } from '@heliograph/conversations';
import { fenceKey, script, type RedisClient } from '@heliograph/redis';
import { Unavailable } from '@heliograph/runtime';
import { SERVICE } from '../config.ts';
import { fieldsOf, WINDOW_KEPT_MS } from '../sessions/session.store.ts';
import type { Unpublished } from '../sessions/unpublished.ts';

const lua = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const RESTORE = script({ name: 'restore-session', file: lua('restore-session'), keys: 3 });
const SEQUENCES = script({ name: 'read-sequences', file: lua('read-sequences'), keys: 'any' });

/** One rebuild of one partition: by this generation, on the Redis it began on. */
export interface Rebuilding {
  readonly partition: number;
  readonly generation: number;
  readonly runId: string;
}

/** Writes states while their partition is being rebuilt and no fence is in force. */
export class RebuildStore {
  private readonly sessions: SessionReader;

  constructor(private readonly redis: RedisClient) {
    this.sessions = new SessionReader(redis);
  }

  /** @throws Unavailable */
  begin(partition: number, generation: number): Rebuilding {
    const { runId } = this.redis;
    if (runId === undefined) throw new Unavailable('redis', this.redis.unavailable ?? 'not verified');
    return { partition, generation, runId };
  }

  /**
   * Writes a state; with a cause when something of it is to be published first.
   *
   * @throws Error when Redis was lost again, or another generation has taken the rebuild over; Unavailable
   */
  async restore(rebuilding: Rebuilding, restored: Pick<Unpublished, 'state'> & Partial<Unpublished>): Promise<void> {
    const { partition, generation, runId } = rebuilding;
    const { conversationId } = restored.state;
    const keys = [
      fenceKey(partition, SERVICE),
      sessionKey(partition, conversationId),
      windowKey(partition, conversationId),
    ];
    await this.redis.runScript(RESTORE, keys, [runId, generation, ...fieldsOf(restored), WINDOW_KEPT_MS]);
  }

  /** The number each conversation's state has reached; 0 without a state. @throws Unavailable */
  async sequences(partition: number, conversationIds: readonly string[]): Promise<number[]> {
    const keys = conversationIds.map((id) => sessionKey(partition, id));
    return this.redis.runScript<number[]>(SEQUENCES, keys, []);
  }

  /** @throws Unavailable */
  state(partition: number, conversationId: string): Promise<SessionSnapshot | undefined> {
    return this.sessions.read(partition, conversationId);
  }
}
