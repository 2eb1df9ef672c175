import type { CardAction, MessageContent } from '@heliograph/contracts';
import { formsOf } from './addresses.ts';
import { isGuideContentType, nearestContentType, GUIDE_CONTENT_TYPES } from './content-types.ts';
import type { SendToContact } from '../contact-messaging.ts';
import type { Read } from './answers.ts';

/** Guide 004, step 3: "The type field in the root of the JSON body must be message". */
export function structuredBody(content: MessageContent): Read<object> {
  const { type } = content;
  if (!isGuideContentType(type)) return { ok: false, reason: typeHint(String(type)) };
  return { ok: true, value: { type: 'message', content: contentBody(content) } };
}

/** What was sent as content type, and what was probably meant (guide 004, "Invalid content type"). */
export function typeHint(type: string): string {
  const known = GUIDE_CONTENT_TYPES.join(', ');
  const nearest = nearestContentType(type);
  return `content.type is "${type.slice(0, 64)}", the nearest of the exact strings (${known}) is "${nearest}"`;
}

/**
 * Quick replies and cards are written as guide 004, step 2 shows them. The fields of the other contents are shown nowhere and
 * assumed here: `text`; `url`, `mimeType`, `fileName` and `caption` of an attachment; `latitude`, `longitude` and `label`.
 */
function contentBody(content: MessageContent): object {
  const { type, text, title, url, mimeType, fileName, caption, latitude, longitude, label } = content;
  switch (type) {
    case 'quick-reply':
      return { type, title, choices: content.choices?.map(({ label: shown, value }) => ({ label: shown, value })) };
    case 'card':
      return cardBody(content);
    case 'text':
      return { type, text };
    case 'location':
      return { type, latitude, longitude, ...given({ label }) };
    default:
      return { type, url, ...given({ mimeType, fileName, caption }) };
  }
}

function cardBody({ type, title, subtitle, imageUrl, actions }: MessageContent): object {
  const image = imageUrl === undefined ? undefined : { url: imageUrl };
  return { type, title, ...given({ subtitle, image }), actions: actions?.map(actionBody) };
}

function actionBody({ type, title, payload, url }: CardAction): object {
  return type === 'postback' ? { type, title, payload } : { type, title, url };
}

/** An absent field is left out, not null. */
const given = (fields: Record<string, unknown>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** What must not come back in a reason: the address in every form, and everything that the message says. */
export function privateParts({ channel, to, content }: Pick<SendToContact, 'channel' | 'to' | 'content'>): string[] {
  const { text, title, subtitle, url, imageUrl, fileName, caption, label, choices = [], actions = [] } = content;
  const buttons = [...choices.map((c) => [c.label, c.value]), ...actions.map((a) => [a.title, a.payload, a.url])];
  const said = [text, title, subtitle, url, imageUrl, fileName, caption, label, ...buttons.flat()];
  return [...formsOf(channel, to), ...said.filter((part) => part !== undefined)];
}
