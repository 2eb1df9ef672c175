import type { Parties, TimelineEntry } from '@heliograph/contracts';
import { script, type RedisClient } from '@heliograph/redis';
import { entriesKey } from './keys.ts';

const READ_ENTRIES = script({ name: 'read-entries', file: new URL('./read-entries.lua', import.meta.url), keys: 1 });

/** A timeline entry without what is the same in all entries of its conversation. */
export type SessionEntry = Omit<TimelineEntry, keyof Parties>;

/**
 * The entries that the elements of a session's list hold, in the order of their numbers. An element is a JSON array of the
 * entries of one fact, each as it is on the timeline but for the parties.
 */
export function entriesOfSession(elements: readonly string[]): SessionEntry[] {
  return elements.flatMap((element) => JSON.parse(element) as SessionEntry[]);
}

/** Cuts the parties, which come first in it, out of a timeline entry's JSON: 230 of 500 bytes that need no parsing to go. */
export function withoutParties(entryJson: string): string {
  // An unescaped quote before the colon: no text inside a value can look like this.
  return `{${entryJson.slice(entryJson.indexOf('"sequence":'))}`;
}

/**
 * What is kept of a session's entries, oldest first: all of them, until it is long past 1,000; nothing an hour after its end.
 *
 * @throws Unavailable
 */
export async function readSessionEntries(
  redis: RedisClient,
  partition: number,
  conversationId: string,
  session: number,
): Promise<SessionEntry[]> {
  const key = entriesKey(partition, conversationId, session);
  return entriesOfSession(await redis.runScript<string[]>(READ_ENTRIES, [key], []));
}
