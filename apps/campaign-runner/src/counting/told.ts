import { EVENTS, MESSAGE_STATUS_ORDER, type MessageStatus, type TimelineEntry } from '@heliograph/contracts';

/** How a message stands for its campaign: as messages stand, and before anything was asked of a provider. */
export type Standing = MessageStatus | 'given' | 'held';

/** How a standing is written where messages are kept; see count-entries.lua. */
export const MARKS: Readonly<Record<Standing, string>> = {
  given: 'g',
  held: 'h',
  queued: 'q',
  unresolved: 'u',
  sent: 's',
  failed: 'f',
  suppressed: 'x',
  diverted: 'v',
  delivered: 'd',
  read: 'r',
};

/** Marks of messages that have ended, each replaced only by one further right. */
export const FORWARD_MARKS = MESSAGE_STATUS_ORDER.filter((status) => status !== 'queued')
  .map((status) => MARKS[status])
  .join('');

/** What a timeline entry tells of a campaign's message. */
export interface Told {
  readonly campaignId: string;
  readonly messageId: string;
  /** Absent when the entry is not about that. */
  readonly standing?: Standing;
  /** Of the entry, within its conversation. */
  readonly sequence: number;
  /** Of the record, within its partition of the timeline. */
  readonly offset: number;
  /** Of a held one: it may be given again from then on, milliseconds; 0: as soon as its campaign runs. */
  readonly resumeAt?: number;
  /** Of a failed one. */
  readonly code?: string;
  /** A: the customer answered; O: said no; E: the message came from another conversation. */
  readonly flags: string;
}

/** The kind of the entries that tell of a hold. */
const HELD = EVENTS.messageHeld.type;

/** @returns undefined for an entry that tells nothing of a campaign's message */
export function toldOf(entry: TimelineEntry, offset: number): Told | undefined {
  const { kind, fact, campaign, sequence } = entry;
  if (!campaign) return undefined;
  const { campaignId, messageId, status, code, reply, optOut } = campaign;
  const isElsewhere = divertedFrom(entry) !== undefined;
  const flags = `${reply ? 'A' : ''}${optOut ? 'O' : ''}${isElsewhere ? 'E' : ''}`;
  const of = { campaignId, messageId, sequence, offset, flags };
  if (kind === HELD) return { ...of, standing: 'held', resumeAt: Date.parse(String(fact['resumeAt'])) || 0 };
  return { ...of, ...(status && { standing: status }), ...(status === 'failed' && { code: code ?? 'unknown' }) };
}

/** Message id of the one that the entry's was sent in place of. */
export function divertedFrom({ kind, fact }: Pick<TimelineEntry, 'kind' | 'fact'>): string | undefined {
  const of = (kind === HELD ? fact['command'] : fact) as { readonly divertedFrom?: string } | undefined;
  return of?.divertedFrom;
}
