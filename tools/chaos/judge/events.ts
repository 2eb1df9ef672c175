import { named, type EntryOut, type EventIn, type Evidence, type Part } from './evidence.ts';
import { swappedOf, type Placed } from './order.ts';
import { withoutRedeliveries } from './timeline.ts';

/** How far a message has come; a receipt at or below what is known says nothing new. */
const STATUS_RANK: Readonly<Record<string, number>> = { sent: 1, delivered: 2, read: 3, failed: 4 };
const EVENT_TYPE: Readonly<Record<string, string>> = {
  'message.received': 'message',
  'message.status-reported': 'message',
  'provider-conversation.changed': 'conversation',
  'conversation.assigned': 'routing:conversation:assignment',
};

/** What the timeline knows of the provider's messages. */
interface Known {
  readonly entriesOf: Map<string, EntryOut[]>;
  /** Highest status of each message of ours, by the provider's id. */
  readonly rankOf: Map<string, number>;
  readonly deadEvents: ReadonlySet<string | undefined>;
  readonly deadMessages: ReadonlySet<string | undefined>;
}

/**
 * Follows every event the provider told to the timeline. Events are recognised by what they say, so nothing is assumed of how
 * ids are derived: a provider conversation tells each state, and each kind of assignment, once in these runs.
 */
export function judgeEvents(evidence: Evidence): Part[] {
  const entries = withoutRedeliveries(evidence.entries);
  const known = knownFrom(entries, evidence);
  const parts = evidence.events.map((event) => judgeOne(event, known));
  return [...parts, swappedOnTimeline(evidence, entries)];
}

function knownFrom(entries: readonly EntryOut[], { deadLetters }: Evidence): Known {
  const entriesOf = new Map<string, EntryOut[]>();
  const rankOf = new Map<string, number>();
  for (const entry of entries) {
    const name = nameOfEntry(entry);
    if (name !== undefined) entriesOf.set(name, [...(entriesOf.get(name) ?? []), entry]);
    const { providerMessageId, status } = entry.fact as { providerMessageId?: string; status?: string };
    const rank = entry.kind === 'message.sent' ? STATUS_RANK.sent : STATUS_RANK[status ?? ''];
    if (providerMessageId === undefined || rank === undefined) continue;
    rankOf.set(providerMessageId, Math.max(rank, rankOf.get(providerMessageId) ?? 0));
  }
  const deadEvents = new Set(deadLetters.map(({ eventId }) => eventId));
  return { entriesOf, rankOf, deadEvents, deadMessages: new Set(deadLetters.map((dead) => dead.providerMessageId)) };
}

export const isReceipt = ({ type, status, messageId }: EventIn): boolean =>
  type === 'message' && status !== undefined && messageId !== undefined;

function nameOfEvent({ type, conversationId, messageId, status = '' }: EventIn): string {
  return [type, messageId ?? conversationId, status].join(' ');
}

/** Undefined for an entry that is no fact of the provider. */
function nameOfEntry({ kind, fact }: EntryOut): string | undefined {
  const type = EVENT_TYPE[kind];
  const { providerConversationId, providerMessageId, status, state } = fact as Record<string, string | undefined>;
  return type && [type, providerMessageId ?? providerConversationId, status ?? state ?? ''].join(' ');
}

function judgeOne(event: EventIn, known: Known): Part {
  // One that was never acknowledged is in all the same: it must not have vanished either.
  const deliveries = Math.max(1, event.acknowledgements);
  const further = deliveries - 1;
  const found = known.entriesOf.get(nameOfEvent(event)) ?? [];
  if (found.length > 0) {
    const extra = found.length - 1;
    const findings = extra > 0 ? [`on the timeline ${found.length} times: ${nameOfEvent(event)}`] : [];
    return { in: deliveries, done: 1, skipped: further, repeatedSilent: extra, findings };
  }
  const isDead = known.deadEvents.has(event.id) || (isCustomers(event) && known.deadMessages.has(event.messageId));
  if (isDead) return { in: deliveries, dead: 1, skipped: further };
  if (isReceipt(event) && saysNothing(event, known)) return { in: deliveries, skipped: deliveries };
  const lost = `lost: event ${event.id}, ${nameOfEvent(event)} (acknowledged ${event.acknowledgements} times)`;
  return { in: deliveries, lost: 1, skipped: further, findings: [lost] };
}

const isCustomers = (event: EventIn): boolean => event.type === 'message' && !isReceipt(event);

/** About a send whose answer nobody has seen, so that nobody knows its id; or overtaken by a later status. */
function saysNothing({ messageId, status }: EventIn, { rankOf }: Known): boolean {
  const rank = rankOf.get(messageId!);
  return rank === undefined || rank >= (STATUS_RANK[status!] ?? 0);
}

function swappedOnTimeline({ events, toldInOrder }: Evidence, entries: readonly EntryOut[]): Part {
  const told = new Map(events.map((event) => [nameOfEvent(event), event]));
  const out: Placed[] = [];
  for (const entry of entries) {
    const name = nameOfEntry(entry);
    const event = name === undefined ? undefined : told.get(name);
    // Receipts are no part of the conversation's order: an early one is told behind its send. A second fact is a repeat.
    if (event && told.delete(name!) && !isReceipt(event)) out.push(placed(event, name!, toldInOrder));
  }
  const swapped = swappedOf(out);
  return {
    swapped: swapped.length,
    findings: named(
      'behind a later event',
      swapped.map(({ name }) => name),
    ),
  };
}

function placed(event: EventIn, name: string, toldInOrder: boolean): Placed {
  const key = event.conversationId;
  if (toldInOrder) return { key, name, from: event.seq, until: event.seq };
  return { key, name, from: event.emittedAt, until: event.acknowledgedAt ?? Infinity };
}
