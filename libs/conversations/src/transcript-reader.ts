import type { TranscriptLine } from '@heliograph/contracts';
import type { RedisClient } from '@heliograph/redis';
import { readSessionEntries } from './session-entries.ts';
import { SessionReader } from './session-reader.ts';
import { transcriptOf } from './transcript.ts';

/** As many as a hand-off carries. */
export const TRANSCRIPT_LINES = 200;

export interface Transcript {
  /** Oldest first; the newest 200 where there are more. */
  readonly lines: TranscriptLine[];
  /** How many are before those. Of a very long session: at most so many, since its oldest entries are not kept. */
  readonly omitted: number;
}

/** Reads what was said in a session. Messages show here a moment after they are on the timeline. */
export class TranscriptReader {
  private readonly sessions: SessionReader;

  constructor(private readonly redis: RedisClient) {
    this.sessions = new SessionReader(redis);
  }

  /**
   * The transcript of the present session, or of one that ended less than an hour ago; empty for any other.
   *
   * @param partition of the conversation: `partitionOf(conversationId, conversationPartitions)`
   * @throws Unavailable
   */
  async read(partition: number, conversationId: string, session: number): Promise<Transcript> {
    const [entries, state] = await Promise.all([
      readSessionEntries(this.redis, partition, conversationId, session),
      this.sessions.read(partition, conversationId),
    ]);
    const lines = transcriptOf(entries);
    const first = entries[0]?.sequence ?? 0;
    const begun = state?.session === session ? (state.firstSequence ?? first) : first;
    const kept = lines.slice(-TRANSCRIPT_LINES);
    return { lines: kept, omitted: lines.length - kept.length + Math.max(0, first - begun) };
  }
}
