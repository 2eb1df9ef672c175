import type { FieldReader } from '../field-reader.ts';
import type { ReceivedContentFact } from '../provider-fact.ts';

/** Answers to what was offered: a quick reply, a button of a card or of a template, a row of a list. */
const REPLIES = ['quick-reply', 'card', 'button', 'list'];
const MEDIA = ['image', 'audio', 'video', 'file'];
const WEB_ADDRESS = /^https?:\/\/\S+$/;

/**
 * What a customer's message says. No guide shows a body beyond `body.text` (guide 000, section 3) and that the value of a choice
 * comes back (guide 004, step 2), so the fields are assumed, all of them here: `type`; `text`, also of a reply (its label) and
 * of an attachment (its caption); `payload`; `url` and `mimeType`; `latitude` and `longitude`.
 * Of other types only the name is kept: nothing is known of their fields.
 */
export function readContent(fields: FieldReader): ReceivedContentFact {
  const type = fields.text('body.type');
  if (type === 'text') return { type, text: fields.content('body.text'), ...payloadOf(fields) };
  if (REPLIES.includes(type)) return readReply(fields, type);
  if (MEDIA.includes(type)) return readAttachment(fields, type);
  if (type === 'location') return readLocation(fields, type);
  return { type };
}

function readReply(fields: FieldReader, type: string): ReceivedContentFact {
  const reply = { type, ...textOf(fields), ...payloadOf(fields) };
  if (!('text' in reply || 'payload' in reply) && fields.isRight('body.text', 'body.payload')) {
    fields.problem('body.payload', 'is missing, and so is the text that could stand for it');
  }
  return reply;
}

function readAttachment(fields: FieldReader, type: string): ReceivedContentFact {
  const url = fields.text('body.url');
  if (url !== '' && !WEB_ADDRESS.test(url)) fields.problem('body.url', 'must be an http or https address');
  const mimeType = fields.optionalText('body.mimeType');
  return { type, ...textOf(fields), url, ...(mimeType !== undefined && { mimeType }) };
}

function readLocation(fields: FieldReader, type: string): ReceivedContentFact {
  const latitude = fields.number('body.latitude', -90, 90);
  const longitude = fields.number('body.longitude', -180, 180);
  return { type, ...textOf(fields), latitude, longitude };
}

function textOf(fields: FieldReader): { text?: string } {
  const text = fields.optionalContent('body.text');
  return text === undefined ? {} : { text };
}

function payloadOf(fields: FieldReader): { payload?: string } {
  const payload = fields.optionalText('body.payload');
  return payload === undefined ? {} : { payload };
}
