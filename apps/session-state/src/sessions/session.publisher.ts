import {
  archiveKey,
  consentKey,
  EVENTS,
  factId,
  type CloudEvent,
  type ConversationArchived,
  type EventContract,
  type Parties,
  type SessionSnapshot,
  type TimelineEntry,
} from '@heliograph/contracts';
import { newEvent, type EventPublisher, type OutgoingEvent } from '@heliograph/kafka';
import { takeArchivesAway } from '../erasure/erased-archives.ts';
import { SERVICE } from '../config.ts';
import type { Command, ConsentCommand } from '../fold/commands.ts';
import { archiveId } from './archive.ts';
import { jsonOf, type Cause, type Unpublished, type UnpublishedJson } from './unpublished.ts';

/** Below what the publisher takes as one record, with room for its headers. */
export const MAX_RECORD_BYTES = 800_000;
/** The snapshot's id is derived from the fact it ends with, in a place that no entry uses. */
const SNAPSHOT_PLACE = 0;

const CONSENT: Record<ConsentCommand['type'], EventContract> = {
  'consent.change': EVENTS.consentChange,
  'consent.suppressed': EVENTS.consentSuppressed,
};

const COMMANDS: Record<Exclude<Command, ConsentCommand>['type'], EventContract> = {
  'message.send': EVENTS.sendMessage,
  'conversation.hand-off': EVENTS.handOff,
  'participant.accept': EVENTS.acceptParticipant,
  'conversation.close': EVENTS.closeConversation,
};

/**
 * Puts what a fold gave on the topics: the entries in order, then, once they are durable, the commands and the archive, and
 * last the snapshot. So what the snapshot knows of was published, all of it.
 */
export class SessionPublisher {
  constructor(private readonly publisher: EventPublisher) {}

  /**
   * The same input gives the same records, so a repeat is recognised by its ids and numbers.
   *
   * @param deadline moment of Date.now() after which no byte may leave any more
   * @param json of what is published, when it is at hand
   * @param archive of the session that is over with it
   * @throws Unavailable; what was published is unknown then
   */
  async publish(
    unpublished: Unpublished,
    deadline: number,
    {
      json = jsonOf(unpublished),
      archive,
    }: { json?: UnpublishedJson; archive?: ConversationArchived | undefined } = {},
  ): Promise<void> {
    const { state, entries, commands, cause, erases = 0 } = unpublished;
    if (entries.length > 0) {
      await this.publisher.publish(
        entries.map((entry, index) => entryEvent(entry, json.entries[index]!, cause)),
        { deadline },
      );
    }
    const more = commands.map((command) => commandEvent(command, cause));
    if (archive) more.push(archiveEvent(archive, cause));
    if (more.length > 0) await this.publisher.publish(more, { deadline });
    await takeArchivesAway(this.publisher, state.conversationId, erases, deadline);
    await this.publisher.publish([snapshotEvent(state, json.state, cause)], { deadline });
  }
}

/** Why this can never be published; undefined when it can. To be asked before numbers are given away. */
export function tooLarge({ state, entries }: UnpublishedJson): string | undefined {
  const bytes = Math.max(...[state, ...entries].map((json) => Buffer.byteLength(json)));
  if (bytes <= MAX_RECORD_BYTES) return undefined;
  return `a record of ${bytes} bytes would follow from it (limit ${MAX_RECORD_BYTES})`;
}

function entryEvent(entry: TimelineEntry, json: string, cause: Cause): OutgoingEvent {
  const extensions = { account: entry.account, kind: entry.kind, sequence: String(entry.sequence) };
  return outgoing(EVENTS.timelineEntry, entry, json, { id: entry.factId, extensions, cause });
}

function snapshotEvent(state: SessionSnapshot, json: string, cause: Cause): OutgoingEvent {
  const { account, sequence, erasedThrough } = state;
  const extensions: Record<string, string> = { account, sequence: String(sequence) };
  if (erasedThrough !== undefined) extensions.erasedthrough = String(erasedThrough);
  const id = factId(cause.id, SNAPSHOT_PLACE);
  return outgoing(EVENTS.sessionSnapshot, state, json, { id, extensions, cause });
}

function commandEvent(command: Command, cause: Cause): OutgoingEvent {
  if (command.type === 'consent.change' || command.type === 'consent.suppressed') return consentEvent(command, cause);
  const { type, id, data } = command;
  const extensions = { account: data.account };
  return outgoing(COMMANDS[type], data, JSON.stringify(data), { id, extensions, cause });
}

/** About a contact, so in that contact's order. */
function consentEvent({ type, id, data }: ConsentCommand, { time, origin, traceparent }: Cause): OutgoingEvent {
  const contract = CONSENT[type];
  const { tenant, subject } = data;
  const parts = { id, key: consentKey(data), data, tenant, subject, time, source: `/heliograph/${SERVICE}` };
  return { contract, event: { ...newEvent(contract, parts), origin, traceparent } };
}

function archiveEvent(archive: ConversationArchived, cause: Cause): OutgoingEvent {
  const { account, conversationId, session } = archive;
  const extensions = { account, session: String(session) };
  const id = archiveId(conversationId, session);
  const key = archiveKey(conversationId, session);
  return outgoing(EVENTS.conversationArchived, archive, JSON.stringify(archive), { id, key, extensions, cause });
}

function outgoing(
  contract: EventContract,
  { conversationId, tenant }: Parties,
  json: string,
  {
    id,
    key = conversationId,
    extensions,
    cause,
  }: { id: string; key?: string; extensions: Record<string, string>; cause: Cause },
): OutgoingEvent {
  const { time, origin, traceparent } = cause;
  const parts = { id, key, data: Buffer.from(json), tenant, extensions, time };
  const event: CloudEvent = newEvent(contract, { ...parts, subject: conversationId, source: `/heliograph/${SERVICE}` });
  // Its own place, not the cause's `origin`: a rebuild takes the applied offset from it.
  return { contract, event: { ...event, origin, traceparent } };
}
