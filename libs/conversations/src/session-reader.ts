import type { SessionSnapshot } from '@heliograph/contracts';
import { isFenceInForce, PartitionGathering, script, type RedisClient } from '@heliograph/redis';
import { messageKey, SESSION_STATE, sessionKey } from './keys.ts';

const READ_SESSION = script({
  name: 'read-session',
  file: new URL('./read-session.lua', import.meta.url),
  keys: 'any',
});
const READ_MESSAGE = script({ name: 'read-message', file: new URL('./read-message.lua', import.meta.url), keys: 1 });

/** A few kilobytes each. */
const MOST_PER_CALL = 64;

/** Reads what session-state knows of conversations. Facts show here a moment after they happened. */
export class SessionReader {
  private readonly reads = new PartitionGathering<string, string | null>(MOST_PER_CALL, (partition, ids) =>
    this.readAll(partition, ids),
  );

  constructor(private readonly redis: RedisClient) {}

  /**
   * Where a conversation stands; undefined when nothing ever happened in it.
   *
   * @param partition of the conversation: `partitionOf(conversationId, conversationPartitions)`
   * @throws Unavailable
   */
  read(partition: number, conversationId: string): Promise<SessionSnapshot | undefined> {
    return this.reads
      .add(partition, conversationId)
      .then((state) => (state === null ? undefined : (JSON.parse(state) as SessionSnapshot)));
  }

  /**
   * Whether everything that is known of a partition's conversations is here: false from a loss of Redis until session-state
   * has rebuilt it. Until then a missing session or window says nothing.
   *
   * @throws Unavailable
   */
  isWhole(partition: number): Promise<boolean> {
    return isFenceInForce(this.redis, partition, SESSION_STATE);
  }

  /**
   * The conversation an outbound message belongs to, for 7 days after its last fact; undefined before its first one.
   *
   * @throws Unavailable
   */
  async conversationOf(messageId: string): Promise<string | undefined> {
    return (await this.redis.runScript<string | null>(READ_MESSAGE, [messageKey(messageId)], [])) ?? undefined;
  }

  private readAll(partition: number, conversationIds: readonly string[]): Promise<(string | null)[]> {
    const keys = conversationIds.map((id) => sessionKey(partition, id));
    return this.redis.runScript<(string | null)[]>(READ_SESSION, keys, []);
  }
}
