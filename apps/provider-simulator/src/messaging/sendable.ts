import type { Account } from '../accounts/account.ts';
import { FieldError } from '../check/check.ts';
import { badRequest } from '../exchange/refusal.ts';
import type { Template } from '../templates/template-store.ts';
import type { Conversation } from './conversation-store.ts';
import type { NewMessage } from './message-shapes.ts';

/** Guide 000 §1 and edge case 1: number or template mismatch; free text outside the window. */
export const MISMATCH = '131050';
export const WINDOW_CLOSED = '131051';

/** Throws what the provider answers when this message may not go into this conversation now. Gives the template it is sent with. */
export function assertSendable(
  account: Account,
  conversation: Conversation,
  message: NewMessage,
  now: number,
): Template | undefined {
  const { pair } = conversation;
  if (message.to.id !== `${pair.channel}:${pair.contact}`) {
    throw new FieldError('to.id', 'is not the customer of this conversation');
  }
  if (message.template) {
    if (pair.channel !== 'whatsapp') throw new FieldError('template', 'needs the channel whatsapp');
    const { name, language } = message.template;
    const fields = { name: 'template.name', language: 'template.language.code' };
    return approved(knownTemplate(account, name, language.code, fields), fields.name);
  }
  assertWindow(account, conversation, now, 'text');
  return undefined;
}

/** On WhatsApp everything but a template needs the window (guide 003, "Key WhatsApp Rules"). */
export function assertWindow(account: Account, { pair }: Conversation, now: number, field: string): void {
  const { enforceWindow, windowMs } = account.settings;
  if (pair.channel !== 'whatsapp' || !enforceWindow) return;
  if (!account.conversations.windowOpen(pair, now, windowMs)) {
    throw badRequest(`${field}: outside the 24-hour customer service window`, WINDOW_CLOSED);
  }
}

/** Throws a mismatch for a wrong name or a wrong language, by the fields that they stand in. */
export function knownTemplate(
  { templates }: Account,
  name: string,
  language: string,
  fields: { readonly name: string; readonly language: string },
): Template {
  const template = templates.find(name, language);
  if (template) return template;
  const field = templates.hasName(name) ? fields.language : fields.name;
  throw badRequest(`${field}: matches no approved template`, MISMATCH);
}

export function approved(template: Template, field: string): Template {
  if (template.status === 'APPROVED') return template;
  throw badRequest(`${field}: is ${template.status}, not APPROVED`, MISMATCH);
}
