import type { Account } from '../accounts/account.ts';
import { FieldError } from '../check/check.ts';
import { badRequest } from '../exchange/refusal.ts';
import { placeholders, type TemplateComponent } from '../templates/template-shapes.ts';
import type { Conversation } from './conversation-store.ts';
import type { NewMessage, SentTemplate } from './message-shapes.ts';

/** Guide 000 §1 and edge case 1: number or template mismatch; free text outside the window. */
export const MISMATCH = '131050';
export const WINDOW_CLOSED = '131051';

/** Throws what the provider answers when this message may not go into this conversation now. */
export function assertSendable(account: Account, conversation: Conversation, message: NewMessage, now: number): void {
  const { pair } = conversation;
  if (message.to.id !== `${pair.channel}:${pair.contact}`) {
    throw new FieldError('to.id', 'is not the customer of this conversation');
  }
  if (message.template) {
    if (pair.channel !== 'whatsapp') throw new FieldError('template', 'needs the channel whatsapp');
    assertTemplate(account, message.template);
    return;
  }
  assertWindow(account, conversation, now, 'text');
}

/** On WhatsApp everything but a template needs the window (guide 003, "Key WhatsApp Rules"). */
export function assertWindow(account: Account, { pair }: Conversation, now: number, field: string): void {
  const { enforceWindow, windowMs } = account.settings;
  if (pair.channel !== 'whatsapp' || !enforceWindow) return;
  if (!account.conversations.windowOpen(pair, now, windowMs)) {
    throw badRequest(`${field}: outside the 24-hour customer service window`, WINDOW_CLOSED);
  }
}

function assertTemplate({ templates }: Account, sent: SentTemplate): void {
  const template = templates.find(sent.name, sent.language.code);
  if (!template) {
    const field = templates.hasName(sent.name) ? 'template.language.code' : 'template.name';
    throw badRequest(`${field}: matches no approved template`, MISMATCH);
  }
  if (template.status !== 'APPROVED') {
    throw badRequest(`template.name: is ${template.status}, not APPROVED`, MISMATCH);
  }
  const known = template.components.map(({ type }) => type.toLowerCase());
  sent.components?.forEach(({ type }, index) => {
    if (known.includes(type)) return;
    throw new FieldError(`template.components[${index}].type`, 'is no component of the template');
  });
  for (const component of template.components) assertParameters(component, sent);
}

function assertParameters(component: TemplateComponent, { components = [] }: SentTemplate): void {
  const type = component.type.toLowerCase();
  const given = components.filter((one) => one.type === type);
  if (given.length > 1) throw new FieldError('template.components', `${type} is given twice`);
  const count = given[0]?.parameters.length ?? 0;
  if (count === placeholders(component)) return;
  throw new FieldError('template.components', `${type} takes ${placeholders(component)} parameters, not ${count}`);
}
