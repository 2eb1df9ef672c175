import type { TimelineEntry } from '@heliograph/contracts';
import {
  IdLedger,
  type LedgerReport,
  type Simulator,
  type TimelineReader,
  type ToldEvent,
  waitFor,
} from '@heliograph/testing';

const MOST_SHOWN = 5;

/**
 * Waits until every event the provider told is acknowledged and on the timeline, then holds both against each other: what
 * the provider's log has as acknowledged, and what an independent reader found, once each and in the order of their
 * conversation. Events are recognised by what they say, so nothing is assumed about how the pipeline derives its ids.
 *
 * @returns how many events there were
 * @throws Error with what was lost, repeated or swapped
 */
export async function accountForEvents(simulator: Simulator, timeline: TimelineReader): Promise<number> {
  await simulator.waitUntilDelivered();
  const events = await simulator.events();
  const silent = events.filter(({ acknowledgedAt }) => acknowledgedAt === undefined);
  if (silent.length > 0) throw new Error(`${silent.length} events were never acknowledged`);
  const known = knownMessages(timeline);
  // A receipt for a send whose answer was lost names a message that nobody here can know.
  const telling = events.filter((event) => !isReceipt(event) || known.has(event.messageId));
  const complete = (): boolean => {
    const seen = new Set(timeline.all().map(nameOfEntry));
    return telling.every((event) => seen.has(nameOfEvent(event)));
  };
  // What is missing after that is counted below.
  const options = { timeoutMs: 60_000, intervalMs: 200, description: 'all events are on the timeline' };
  await waitFor(complete, options).catch(() => undefined);
  const ledger = new IdLedger();
  for (const event of telling)
    ledger.sent(nameOfEvent(event), isReceipt(event) ? event.messageId! : event.conversationId);
  for (const name of timeline.all().map(nameOfEntry)) if (name !== undefined) ledger.seen(name);
  assertRight(ledger.report());
  return events.length;
}

/** Those have an order per message: one that comes before its send is known is told after what came in between. */
function isReceipt({ status, messageId }: ToldEvent): boolean {
  return status !== undefined && messageId !== undefined;
}

/** What the provider calls the messages that were sent. */
function knownMessages(timeline: TimelineReader): Set<unknown> {
  return new Set(timeline.ofKind('message.sent').map(({ fact }) => fact.providerMessageId));
}

/** Messages have ids of their own; everything else is told once per conversation in these tests. */
function nameOfEvent({ type, conversationId, messageId, status = '' }: ToldEvent): string {
  return [type, messageId ?? conversationId, status].join(' ');
}

/** Undefined for an entry that is no fact of the provider. */
function nameOfEntry({ kind, fact }: TimelineEntry): string | undefined {
  const type = {
    'message.received': 'message',
    'message.status-reported': 'message',
    'provider-conversation.changed': 'conversation',
    'conversation.assigned': 'routing:conversation:assignment',
  }[kind];
  const { providerConversationId, providerMessageId, status, state } = fact as Record<string, string | undefined>;
  return type && [type, providerMessageId ?? providerConversationId, status ?? state ?? ''].join(' ');
}

function assertRight({ in: told, out, ...faults }: LedgerReport): void {
  const found = Object.entries(faults)
    .map(([fault, list]) => ({ fault, items: Array.isArray(list) ? list : Object.entries(list) }))
    .filter(({ items }) => items.length > 0)
    .map(({ fault, items }) => `${items.length} ${fault}: ${JSON.stringify(items.slice(0, MOST_SHOWN))}`);
  if (found.length > 0) throw new Error(`${told} events told, ${out} on the timeline; ${found.join('; ')}`);
}
