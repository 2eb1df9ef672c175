import {
  either,
  FieldError,
  list,
  map,
  object,
  oneOf,
  optional,
  text,
  type Check,
  type Checked,
} from '../check/check.ts';
import { address, assertAddressOf } from '../settings/addresses.ts';

/** Guide 001 §3. */
const whatsappShape = object({
  label: optional(text({ max: 256 })),
  participant: object({ address: object({ phoneNumber: address, channelType: oneOf('whatsapp') }) }),
  messages: list(
    object({
      type: oneOf('whatsapp_template'),
      templateName: text({ max: 512 }),
      language: text(),
      parameters: list(text({ min: 0 })),
    }),
    { min: 1, max: 1 },
  ),
});

/** Guide 002 §3. */
const messagingShape = object({
  conversationType: oneOf('sms', 'email'),
  addresses: list(object({ channelType: oneOf('SMS', 'EMAIL'), address }), { min: 1, max: 1 }),
  templateId: optional(text()),
  body: optional(either(text({ max: 4000 }), map(text({ min: 0 })))),
  externalId: optional(text({ max: 256 })),
});

export type WhatsAppSend = Checked<typeof whatsappShape>['messages'][number] & { readonly contact: string };
export interface MessagingSend {
  readonly channel: 'sms' | 'email';
  readonly contact: string;
  /** Values by name with the id of a template, or a text as it is. */
  readonly content:
    { readonly templateId: string; readonly values: Record<string, string> } | { readonly text: string };
}

export const isWhatsAppSend = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && ('participant' in body || 'messages' in body);

export const whatsappSend: Check<WhatsAppSend> = (value, field) => {
  const { participant, messages } = whatsappShape(value, field);
  const { phoneNumber } = participant.address;
  assertAddressOf('whatsapp', phoneNumber, 'participant.address.phoneNumber');
  return { ...messages[0]!, contact: phoneNumber };
};

/** Throws `FieldError` also when the two channels differ (guide 002 §3: without the right channel type it is no request). */
export const messagingSend: Check<MessagingSend> = (value, field) => {
  const { conversationType: channel, addresses, templateId, body } = messagingShape(value, field);
  const [to] = addresses;
  if (to!.channelType.toLowerCase() !== channel) {
    throw new FieldError('addresses[0].channelType', `must be "${channel.toUpperCase()}", as conversationType is`);
  }
  assertAddressOf(channel, to!.address, 'addresses[0].address');
  return { channel, contact: to!.address, content: contentOf(templateId, body) };
};

function contentOf(templateId: string | undefined, body: string | Record<string, string> | undefined) {
  if (templateId === undefined) {
    if (typeof body !== 'string') throw new FieldError('body', 'must be a text without templateId');
    return { text: body };
  }
  if (typeof body === 'string') throw new FieldError('body', 'must hold the variables of the template');
  return { templateId, values: body ?? {} };
}
