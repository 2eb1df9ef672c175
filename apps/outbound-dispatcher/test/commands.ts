import { randomUUID } from 'node:crypto';
import {
  partiesOf,
  type ConversationCommand,
  type EventContract,
  type Parties,
  type SendMessage,
} from '@heliograph/contracts';
import { parties, sendMessage } from '@heliograph/testing';

/** A command about a conversation. */
export interface GivenCommand<T extends ConversationCommand = ConversationCommand> {
  readonly contract: EventContract;
  readonly data: T;
}

/** A command about the conversation of a message, or of other parties. */
export function commandOf<T extends ConversationCommand>(
  contract: EventContract<T>,
  of: Parties,
  rest: Omit<T, keyof ConversationCommand> & Partial<ConversationCommand>,
): GivenCommand<T> {
  const parties = partiesOf(of);
  const data = { ...parties, commandId: randomUUID(), acceptedAt: new Date().toISOString(), ...rest };
  return { contract, data: data as unknown as T };
}

/** A text that may be sent: sms knows no window, and every contact of this sender has opted in. A new contact each time. */
export function smsCommand(account: string, over: Partial<SendMessage> = {}): SendMessage {
  return sendMessage({ ...parties({ account, channel: 'sms', sender: `sms-${account}` }), ...over });
}

/** The same from a sender with the numbers of `POOL`. */
export function poolCommand(account: string, over: Partial<SendMessage> = {}): SendMessage {
  return sendMessage({ ...parties({ account, channel: 'sms', sender: `pool-${account}` }), ...over });
}

/** A text of a campaign, to a new contact each time. */
export function campaignCommand(account: string, campaignId: string, over: Partial<SendMessage> = {}): SendMessage {
  return smsCommand(account, { class: 'campaign', campaign: { campaignId, row: '0' }, ...over });
}

/** A text on WhatsApp, from a sender whose contacts have not opted in elsewhere. */
export function whatsappCommand(account: string, over: Partial<SendMessage> = {}): SendMessage {
  return sendMessage({ ...parties({ account, channel: 'whatsapp', sender: `whatsapp-${account}` }), ...over });
}

/** The same from a sender whose contacts have. */
export function optedCommand(account: string, over: Partial<SendMessage> = {}): SendMessage {
  return sendMessage({ ...parties({ account, channel: 'whatsapp', sender: `opted-${account}` }), ...over });
}

/** The same from a sender whose templates are notifications without an agent; its contacts have not opted in elsewhere. */
export function notifyCommand(account: string, over: Partial<SendMessage> = {}): SendMessage {
  return sendMessage({ ...parties({ account, channel: 'whatsapp', sender: `notify-${account}` }), ...over });
}

/** A text by e-mail, from a sender whose contacts have opted in. */
export function emailCommand(account: string, over: Partial<SendMessage> = {}): SendMessage {
  const of = {
    account,
    channel: 'email',
    sender: `email-${account}`,
    contact: `c-${randomUUID()}@example.com`,
  } as const;
  return sendMessage({ ...parties(of), ...over });
}

/** A menu on open messaging, from a sender whose contacts have opted in. */
export function menuCommand(account: string, over: Partial<SendMessage> = {}): SendMessage {
  const of = { account, channel: 'open', sender: `open-${account}`, contact: `room:${randomUUID()}` } as const;
  const choices = [{ label: 'Billing', value: 'billing_inquiry' }];
  return sendMessage({ ...parties(of), content: { type: 'quick-reply', title: 'How can we help?', choices }, ...over });
}

/** Another message for the contact of an earlier one. */
export function next(earlier: SendMessage, over: Partial<SendMessage> = {}): SendMessage {
  const { messageId, content } = sendMessage();
  return { ...earlier, messageId, content, ...over };
}
