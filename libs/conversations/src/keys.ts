import { partitionKey } from '@heliograph/redis';

/** The group that writes them all. */
export const SESSION_STATE = 'session-state';

/**
 * The folded state of a conversation, written by session-state alone: a hash whose field `state` is the session snapshot.
 *
 * @param partition of the topics keyed by conversation ID
 */
export const sessionKey = (partition: number, conversationId: string): string =>
  partitionKey(partition, 'session', conversationId);

/** Moment of the customer's last message, milliseconds; in the slot of the partition, so that scripts can check it. */
export const windowKey = (partition: number, conversationId: string): string =>
  partitionKey(partition, 'window', conversationId);

/** The timeline entries of one session: a list with one element per fact, see `entriesOfSession`. */
export const entriesKey = (partition: number, conversationId: string, session: number): string =>
  partitionKey(partition, 'entries', `${conversationId}:${session}`);

/** The conversations of a partition in which something has a deadline, sorted by the moment to look at them (ms). */
export const deadlinesKey = (partition: number): string => partitionKey(partition, 'deadlines', SESSION_STATE);

/** Conversation ID of an outbound message. Not of a partition: whoever asks does not know the conversation. */
export const messageKey = (messageId: string): string => `msg:${messageId}`;
