import type { MessageStatus } from './session-snapshot.ts';

/**
 * A status is replaced only by one further down this list, so whatever the order and number of reports, the furthest one
 * stands in the end. `failed` comes after `sent`: no sending undoes it, only proof that the customer got the message.
 * `unresolved` comes early: any report of the provider knows more. `diverted` comes after `failed`, which a dead-lettered
 * command has, too: the message goes on elsewhere.
 */
export const MESSAGE_STATUS_ORDER: readonly MessageStatus[] = [
  'queued',
  'unresolved',
  'sent',
  'failed',
  'suppressed',
  'diverted',
  'delivered',
  'read',
];

/** `overturned`: forward as well, and a message that was reported failed turns out to have arrived. */
export type StatusStep = 'forward' | 'overturned' | 'stale';

/** What a reported status does to a message. */
export function statusStep(present: MessageStatus, reported: MessageStatus): StatusStep {
  if (MESSAGE_STATUS_ORDER.indexOf(reported) <= MESSAGE_STATUS_ORDER.indexOf(present)) return 'stale';
  return present === 'failed' ? 'overturned' : 'forward';
}
