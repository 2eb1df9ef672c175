import {
  encodeEvent,
  EVENTS,
  factId,
  type CloudEvent,
  type EventContract,
  type SessionSnapshot,
  type TimelineEntry,
} from '@heliograph/contracts';
import { newEvent, type EventPublisher, type OutgoingEvent } from '@heliograph/kafka';
import { SERVICE } from '../config.ts';
import type { Cause, Unpublished } from './unpublished.ts';

/** Below what the publisher takes as one record, with room for its headers. */
const MAX_RECORD_BYTES = 800_000;
/** The snapshot's id is derived from the fact it ends with, in a place that no entry uses. */
const SNAPSHOT_PLACE = 0;

/** Puts what a fold gave on the topics: the entries in order, then, once they are durable, the snapshot. */
export class SessionPublisher {
  constructor(private readonly publisher: EventPublisher) {}

  /**
   * The same input gives the same records, so a repeat is recognised by its ids and numbers.
   *
   * @param deadline moment of Date.now() after which no byte may leave any more
   * @throws Unavailable; what was published is unknown then
   */
  async publish({ state, entries, cause }: Unpublished, deadline: number): Promise<void> {
    if (entries.length > 0) {
      await this.publisher.publish(
        entries.map((entry) => entryEvent(entry, cause)),
        { deadline },
      );
    }
    await this.publisher.publish([snapshotEvent(state, cause)], { deadline });
  }
}

/** Why this can never be published; undefined when it can. To be asked before numbers are given away. */
export function tooLarge({ state, entries, cause }: Unpublished): string | undefined {
  const events = [...entries.map((entry) => entryEvent(entry, cause)), snapshotEvent(state, cause)];
  const bytes = Math.max(...events.map(({ event }) => encodeEvent(event).value.length));
  if (bytes <= MAX_RECORD_BYTES) return undefined;
  return `a record of ${bytes} bytes would follow from it (limit ${MAX_RECORD_BYTES})`;
}

function entryEvent(entry: TimelineEntry, cause: Cause): OutgoingEvent {
  const extensions = { account: entry.account, kind: entry.kind, sequence: String(entry.sequence) };
  return outgoing(EVENTS.timelineEntry, entry, entry.factId, extensions, cause);
}

function snapshotEvent(state: SessionSnapshot, cause: Cause): OutgoingEvent {
  const extensions = { account: state.account, sequence: String(state.sequence) };
  return outgoing(EVENTS.sessionSnapshot, state, factId(cause.id, SNAPSHOT_PLACE), extensions, cause);
}

function outgoing(
  contract: EventContract,
  data: SessionSnapshot | TimelineEntry,
  id: string,
  extensions: Record<string, string>,
  { time, origin, traceparent }: Cause,
): OutgoingEvent {
  const { conversationId, tenant } = data;
  const parts = { id, key: conversationId, data, tenant, extensions, time };
  const event: CloudEvent = newEvent(contract, { ...parts, subject: conversationId, source: `/heliograph/${SERVICE}` });
  // Its own place, not the cause's `origin`: a rebuild takes the applied offset from it.
  return { contract, event: { ...event, origin, traceparent } };
}
