import { archiveKey, TOPICS } from '@heliograph/contracts';
import type { EventPublisher } from '@heliograph/kafka';

/** So many records at once: a few hundred bytes each. */
const AT_ONCE = 500;

/**
 * Takes the archives of a conversation's sessions away, each by a record without a value.
 *
 * @param upTo number of the last of them
 * @throws Unavailable; repeating is safe
 */
export async function takeArchivesAway(
  publisher: EventPublisher,
  conversationId: string,
  upTo: number,
  deadline: number,
): Promise<void> {
  for (let first = 1; first <= upTo; first += AT_ONCE) {
    const sessions = Array.from({ length: Math.min(AT_ONCE, upTo - first + 1) }, (_, index) => first + index);
    await Promise.all(
      sessions.map((session) => {
        const record = { key: archiveKey(conversationId, session), value: null, headers: {} };
        return publisher.publishRecord(TOPICS.conversationArchive, record, { deadline });
      }),
    );
  }
}
