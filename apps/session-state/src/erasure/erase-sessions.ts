import { entriesKey, windowKey } from '@heliograph/conversations';
import { script, type HeldFence, type RedisClient } from '@heliograph/redis';

const ERASE = script({ name: 'erase-sessions', file: new URL('./erase-sessions.lua', import.meta.url), keys: 'any' });
const AT_ONCE = 500;

/**
 * Takes away what is kept of a conversation beside its state: the window, and the entries of its sessions.
 *
 * @param upTo number of the last session
 * @throws FenceLost, Unavailable; repeating is safe
 */
export async function eraseSessions(
  redis: RedisClient,
  fence: HeldFence,
  conversationId: string,
  upTo: number,
): Promise<void> {
  const { partition } = fence;
  const keys = [windowKey(partition, conversationId)];
  for (let session = 1; session <= upTo; session++) keys.push(entriesKey(partition, conversationId, session));
  for (let first = 0; first < keys.length; first += AT_ONCE) {
    await redis.runFenced(ERASE, fence, keys.slice(first, first + AT_ONCE), []);
  }
}
