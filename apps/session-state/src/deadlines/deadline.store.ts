import type { SessionSnapshot } from '@heliograph/contracts';
import { deadlinesKey, SessionReader } from '@heliograph/conversations';
import { script, type HeldFence, type RedisClient } from '@heliograph/redis';

const lua = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const DUE = script({ name: 'due-conversations', file: lua('due-conversations'), keys: 2 });
const POSTPONE = script({ name: 'postpone', file: lua('postpone'), keys: 1 });

/** A conversation that is to be looked at. */
export interface Due {
  readonly conversationId: string;
  /** As it was found, so that a later one is not overwritten. */
  readonly moment: string;
}

/** Which conversations of a partition have a deadline, by its moment. Folds write it with the state; this reads and puts off. */
export class DeadlineStore {
  private readonly sessions: SessionReader;

  constructor(private readonly redis: RedisClient) {
    this.sessions = new SessionReader(redis);
  }

  /** @throws FenceLost, Unavailable */
  async due(fence: HeldFence, now: number, most: number): Promise<Due[]> {
    const found = await this.redis.runFenced<string[]>(DUE, fence, [deadlinesKey(fence.partition)], [now, most]);
    return Array.from({ length: found.length / 2 }, (_, index) => ({
      conversationId: found[2 * index]!,
      moment: found[2 * index + 1]!,
    }));
  }

  /** @throws Unavailable */
  states(partition: number, due: readonly Due[]): Promise<(SessionSnapshot | undefined)[]> {
    return Promise.all(due.map(({ conversationId }) => this.sessions.read(partition, conversationId)));
  }

  /** @param next per conversation the moment to look again; undefined when there is none. @throws Unavailable */
  async postpone(partition: number, due: readonly Due[], next: readonly (number | undefined)[]): Promise<void> {
    const args = due.flatMap(({ conversationId, moment }, index) => [conversationId, moment, next[index] ?? '']);
    await this.redis.runScript(POSTPONE, [deadlinesKey(partition)], args);
  }
}
