import type { ConversationCommand, TranscriptLine } from '@heliograph/contracts';
import type { SessionReader, TranscriptReader } from '@heliograph/conversations';
import type { Delivery } from '@heliograph/kafka';
import type { HandedTranscript } from './command-facts.ts';
import type { SettledCommand } from './command-job.ts';

/** A fact has to fit into a Kafka record, and into the timeline's entry about it. */
const MOST_BYTES = 256 * 1024;

/**
 * What was said until the hand-off. Cut at the moment it was done, so that a repeat of the fact carries the same lines for as
 * long as they are kept (an hour after the session's end).
 */
export class HandedTranscripts {
  constructor(
    private readonly transcripts: TranscriptReader,
    private readonly sessions: SessionReader,
  ) {}

  /** @throws Unavailable */
  async of(command: ConversationCommand, { partition }: Delivery, settled: SettledCommand): Promise<HandedTranscript> {
    const { conversationId } = command;
    const session = settled.session ?? (await this.sessions.read(partition, conversationId))?.session;
    if (session === undefined) return { transcript: [], omitted: 0 };
    const { lines, omitted } = await this.transcripts.read(partition, conversationId, session);
    const said = lines.filter(({ at }) => Date.parse(at) <= Date.parse(settled.at));
    const transcript = newest(said);
    return { transcript, omitted: omitted + said.length - transcript.length };
  }
}

/** The newest lines that fit. */
export function newest(lines: readonly TranscriptLine[]): TranscriptLine[] {
  let bytes = 0;
  let first = lines.length;
  while (first > 0) {
    bytes += Buffer.byteLength(JSON.stringify(lines[first - 1]));
    if (bytes > MOST_BYTES) break;
    first--;
  }
  return lines.slice(first);
}
