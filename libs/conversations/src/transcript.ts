import type { MessageContent, ReceivedContent, TranscriptLine } from '@heliograph/contracts';
import type { SessionEntry } from './session-entries.ts';

/** Kinds of entries that are somebody's words, and whose. */
const SPEAKER: Readonly<Record<string, TranscriptLine['by']>> = {
  'message.received': 'customer',
  'message.sent': 'business',
};

/** What was said, in order: the messages among a session's entries. */
export function transcriptOf(entries: readonly SessionEntry[]): TranscriptLine[] {
  return entries.flatMap(({ kind, sequence, at, fact }) => {
    const by = SPEAKER[kind];
    if (by === undefined) return [];
    const content = fact.content as MessageContent | ReceivedContent;
    const text = wordsOf(content);
    return [{ sequence, at, by, type: content.type, ...(text !== undefined && { text }) }];
  });
}

/** The words of a message, as far as it has some: an attachment's caption, a card's title, a template's name. */
function wordsOf(content: Omit<Partial<MessageContent & ReceivedContent>, 'type'>): string | undefined {
  const { text, caption, title, label, name, payload } = content;
  return text ?? caption ?? title ?? label ?? name ?? payload;
}
