import { toUSVString } from 'node:util';
import { FieldReader, isObject, isText } from '../field-reader.ts';
import type {
  AccountFact,
  ConversationalFact,
  EventTranslator,
  PartyAddress,
  RoutingFact,
  Translation,
} from '../provider-fact.ts';
import { readAddress } from './addresses.ts';
import { meansOptedOut } from './errors.ts';
import { readContent } from './received-content.ts';
import { readTemplateChange, TEMPLATE_EVENT } from './template-events.ts';

/** Guide 002, edge case 1: `status is OUTBOUND_MESSAGE_OPT_OUT`. */
const OPT_OUT = 'OUTBOUND_MESSAGE_OPT_OUT';

/** Event types of guide 000, section 3; each reads its fields and returns one fact. */
const READERS: Readonly<Record<string, (fields: FieldReader, base: Base) => ConversationalFact>> = {
  message: (fields, base) => {
    const status = fields.optionalText('status');
    if (status === OPT_OUT) return readOptOut(fields, base);
    // The guide's message events are "inbound messages, status updates": a status makes it a receipt for ours.
    return status === undefined ? readMessage(fields, base) : readStatus(fields, base);
  },
  conversation: (fields, base) => ({
    ...base,
    kind: 'conversation',
    providerConversationId: fields.text('conversation.id'),
    state: fields.oneOf('status', ['queued', 'active', 'closed']),
  }),
  'routing:conversation:assignment': (fields, base) => ({
    ...base,
    kind: 'assignment',
    providerConversationId: fields.text('conversation.id'),
    assignee: { kind: fields.oneOf('assignee.type', ['queue', 'agent', 'bot']), id: fields.text('assignee.id') },
  }),
};

/** What is of no conversation. Edge case 3 of guide 000 names the routing events; what they carry is assumed. */
const OF_ACCOUNT: Readonly<Record<string, (fields: FieldReader) => AccountFact>> = {
  'routing:queue:update': (fields) => readRoutingChange(fields, 'queue'),
  'routing:skill:update': (fields) => readRoutingChange(fields, 'skill'),
  [TEMPLATE_EVENT]: readTemplateChange,
};

export const translator: EventTranslator = { translate };

function translate(data: unknown): Translation {
  if (!isObject(data))
    return failed('the event is not a JSON object', [{ field: '', reason: 'must be a JSON object' }]);
  const { type } = data;
  const fields = new FieldReader(data);
  const ofAccount = isText(type) && Object.hasOwn(OF_ACCOUNT, type) ? OF_ACCOUNT[type] : undefined;
  if (ofAccount) return translation(String(type), fields, [ofAccount(fields)]);
  const read = isText(type) && Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (!read) return unknownType(type);
  return translation(String(type), fields, [read(fields, readBase(fields))]);
}

function translation(
  type: string,
  fields: FieldReader,
  facts: readonly [ConversationalFact] | readonly [AccountFact],
): Translation {
  return fields.problems.length === 0 ? { ok: true, facts } : wrongFields(type, fields);
}

function readRoutingChange(fields: FieldReader, what: RoutingFact['what']): RoutingFact {
  const id = fields.optionalText(`${what}.id`);
  const base = { eventId: fields.text('id'), at: fields.instant('timestamp') };
  return { kind: 'routing', ...base, what, ...(id !== undefined && { id }) };
}

function wrongFields(type: string, { problems }: FieldReader): Translation {
  const names = [...new Set(problems.map((problem) => problem.field))];
  return failed(`wrong fields of a ${type} event: ${names.join(', ')}`, problems);
}

const failed = (reason: string, problems: Extract<Translation, { ok: false }>['problems']): Translation => ({
  ok: false,
  reason,
  problems,
});

function unknownType(type: unknown): Translation {
  if (!isText(type)) return failed('the event has no type', [{ field: 'type', reason: 'is missing or not a text' }]);
  const named = `"${toUSVString(type.slice(0, 64))}"`;
  const known = [...Object.keys(READERS), ...Object.keys(OF_ACCOUNT)].join(', ');
  return failed(`unknown event type ${named}`, [{ field: 'type', reason: `${named} is not one of ${known}` }]);
}

interface Base {
  readonly eventId: string;
  readonly at: string;
  readonly providerConversationId?: string;
  readonly channel?: PartyAddress['channel'];
  readonly from?: PartyAddress;
  readonly to?: PartyAddress;
}

function readBase(fields: FieldReader): Base {
  const from = readParty(fields, 'from.id');
  const to = readParty(fields, 'to.id');
  if (from && to && from.channel !== to.channel) {
    fields.problem('to.id', `is on channel ${to.channel}, from.id on channel ${from.channel}`);
  }
  const providerConversationId = fields.optionalText('conversation.id');
  const channel = from?.channel ?? to?.channel;
  return {
    eventId: fields.text('id'),
    at: fields.instant('timestamp'),
    ...(providerConversationId !== undefined && { providerConversationId }),
    ...(channel && { channel }),
    ...(from && { from }),
    ...(to && { to }),
  };
}

function readParty(fields: FieldReader, field: string): PartyAddress | undefined {
  const raw = fields.optionalText(field);
  if (raw === undefined) return undefined;
  const party = readAddress(raw);
  if (!party) fields.problem(field, 'is not an address of a known channel (whatsapp:+…, facebook:…)');
  return party;
}

/** Without a conversation id, only both addresses together say which conversation is meant. */
function needsConversation(fields: FieldReader, base: Base): void {
  if (base.providerConversationId !== undefined || (base.from && base.to)) return;
  fields.problem('conversation.id', 'is missing, and so are the two addresses that could stand for it');
}

function readMessage(fields: FieldReader, base: Base): ConversationalFact {
  needsConversation(fields, base);
  // Named by the guide as the field to route by, so a message without it is not a message.
  fields.text('from.id');
  const content = readContent(fields);
  // Guide 003 shows agents a green shield for authenticated sessions; where it stands in an event is assumed.
  const authenticated = fields.optionalFlag('from.authenticated');
  return {
    ...base,
    kind: 'message',
    direction: 'inbound',
    providerMessageId: fields.text('message.id'),
    ...(authenticated !== undefined && { authenticated }),
    content,
  };
}

/** What it carries beside the status is assumed: whom it is about, by conversation or by both addresses. */
function readOptOut(fields: FieldReader, base: Base): ConversationalFact {
  needsConversation(fields, base);
  return { ...base, kind: 'consent', change: 'opt-out', purpose: 'all', source: 'provider-event', code: OPT_OUT };
}

function readStatus(fields: FieldReader, base: Base): ConversationalFact {
  needsConversation(fields, base);
  const reason = fields.optionalText('reason');
  return {
    ...base,
    kind: 'status',
    direction: 'outbound',
    providerMessageId: fields.text('message.id'),
    status: fields.oneOf('status', ['sent', 'delivered', 'read', 'failed']),
    ...(reason !== undefined && { reason }),
    ...(meansOptedOut(reason) && { optedOut: true as const }),
  };
}
