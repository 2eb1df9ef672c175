import type { ContentType } from '@heliograph/contracts';
import type { CallOptions, CallResult } from '../call-result.ts';
import type {
  ContactMessaging,
  FindContact,
  ProviderContact,
  ReadContact,
  SendToContact,
} from '../contact-messaging.ts';
import { FieldReader, isText, valueAt } from '../field-reader.ts';
import type { SentMessage } from '../send-request.ts';
import { writeAddress, formsOf } from './addresses.ts';
import type { Read } from './answers.ts';
import { idOf, segment, type Caller } from './client-call.ts';
import { GUIDE_CONTENT_TYPES } from './content-types.ts';
import { privateParts, structuredBody, typeHint } from './structured-bodies.ts';

const CONTACTS = '/api/v2/conversations/messaging/contacts';
/** Guide 004, prerequisites. */
const SEND_SCOPE = 'messages:send';
const READ_SCOPE = 'conversations:read';
/** Guide 004, "404 Not Found": "Do not use the conversationId as the contactId". */
const IS_CONVERSATION = 'the contact id is the id of the conversation, which is not the same';

/** The contacts of guide 004: structured messages are sent to one of them, and text goes into the conversation (000 §4). */
export class GuideContacts implements ContactMessaging {
  readonly contents: ReadonlySet<ContentType> = new Set(GUIDE_CONTENT_TYPES.filter((type) => type !== 'text'));

  constructor(private readonly call: Caller) {}

  /** From the list (guide 004, "404 Not Found"); its query is assumed, so what it answers is searched, too. */
  async find(request: FindContact, options: CallOptions): Promise<CallResult<ProviderContact | undefined>> {
    const { providerConversationId, channel, to } = request;
    const { id } = writeAddress(channel, to);
    const query = new URLSearchParams({ address: id, conversationId: providerConversationId });
    const result = await this.call(options, {
      path: `${CONTACTS}?${query.toString()}`,
      sent: [id, ...formsOf(channel, to)],
      read: (json) => readList(json, providerConversationId),
    });
    return explained(result, READ_SCOPE);
  }

  /** Guide 004, step 1. */
  async read({ contactId, providerConversationId }: ReadContact, options: CallOptions) {
    if (contactId === providerConversationId) return refused<ProviderContact>(IS_CONVERSATION);
    const path = `${CONTACTS}/${segment(contactId)}`;
    return explained(await this.call(options, { path, sent: [], read: readContact }), READ_SCOPE);
  }

  /** Guide 004, step 3. */
  async send(request: SendToContact, options: CallOptions): Promise<CallResult<SentMessage>> {
    const { contactId, providerConversationId, content } = request;
    if (contactId === providerConversationId) return refused(IS_CONVERSATION);
    const body = structuredBody(content);
    if (!body.ok) return refused(body.reason);
    const result = await this.call(options, {
      path: `${CONTACTS}/${segment(contactId)}/messages`,
      body: body.value,
      sent: privateParts(request),
      read: (json) => idOf(json, (providerMessageId) => ({ providerMessageId })),
    });
    return explained(result, SEND_SCOPE, content.type);
  }
}

const refused = <T>(reason: string): CallResult<T> => ({ outcome: 'refused', code: 'invalid-request', reason });

/** Adds what guide 004 says of the cause: the scope that is missing, the content type that is probably meant. */
function explained<T>(result: CallResult<T>, scope: string, type?: string): CallResult<T> {
  if (result.outcome !== 'refused') return result;
  const { code, reason } = result;
  if (code === 'forbidden') return { ...result, reason: `${reason}; the OAuth client needs the scope ${scope}` };
  if (type !== undefined && /invalid content type/i.test(reason)) {
    return { ...result, reason: `${reason}; ${typeHint(type)}` };
  }
  return result;
}

function readList(json: unknown, conversation: string): Read<ProviderContact | undefined> {
  const entities = valueAt(json, 'entities');
  if (!Array.isArray(entities)) return { ok: false, reason: 'the answer has no list of entities' };
  const found = (entities as unknown[]).filter((entity) => valueAt(entity, 'conversationId') === conversation);
  const open = found.find((entity) => valueAt(entity, 'status') !== 'closed') ?? found[0];
  return open === undefined ? { ok: true, value: undefined } : readContact(open);
}

/**
 * `conversationId` is shown (guide 004, step 1), `status` assumed. Without it the conversation is open: "if we can fetch the
 * contact, the channel is open".
 */
function readContact(json: unknown): Read<ProviderContact> {
  const fields = new FieldReader(json);
  const contactId = fields.text('id');
  const providerConversationId = fields.text('conversationId');
  const given = valueAt(json, 'status') ?? 'active';
  const state = (['queued', 'active', 'closed'] as const).find((name) => name === given);
  if (fields.problems.length > 0 || !isText(contactId)) return { ok: false, reason: 'the answer is no contact' };
  if (state === undefined) return { ok: false, reason: 'the answer has an unknown status of the conversation' };
  return { ok: true, value: { contactId, providerConversationId, state } };
}
