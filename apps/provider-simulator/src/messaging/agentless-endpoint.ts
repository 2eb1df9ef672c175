import { accountEndpoint, type AccountCall } from '../accounts/account-endpoint.ts';
import { FieldError } from '../check/check.ts';
import { AGENTLESS } from '../exchange/digest.ts';
import type { Answer } from '../exchange/endpoint.ts';
import { badRequest, notFound } from '../exchange/refusal.ts';
import type { Channel } from '../settings/addresses.ts';
import { rendered } from '../templates/messaging-templates.ts';
import { isWhatsAppSend, messagingSend, whatsappSend, type MessagingSend } from './agentless-shapes.ts';
import type { Conversation } from './conversation-store.ts';
import { approved, knownTemplate, MISMATCH } from './sendable.ts';
import { judgeValues, offersOfTemplate } from './template-values.ts';

/** Guide 001 §3 and guide 002 §3: one message that opens a conversation of its own. The two name the scope differently. */
export const agentlessEndpoint = accountEndpoint({
  method: 'POST',
  path: AGENTLESS,
  scope: ['messaging:conversation:write', 'messaging:conversations:write'],
  handle: (call) => (isWhatsAppSend(call.incoming.json()) ? sendWhatsApp(call) : sendMessaging(call)),
});

function sendWhatsApp(call: AccountCall): Answer {
  const { account, incoming, record, world } = call;
  const { contact, templateName, language, parameters } = whatsappSend(incoming.json(), '');
  const fields = { name: 'messages[0].templateName', language: 'messages[0].language' };
  const template = knownTemplate(account, templateName, language, fields);
  if (!account.settings.dropUnapproved) approved(template, fields.name);
  const failure = judgeValues(template, parameters, 'messages[0].parameters');
  const conversation = open(call, 'whatsapp', contact);
  const { id: conversationId } = conversation;
  // Accepted, and dropped silently on the way (guide 001 §2, the trap).
  if (template.status === 'APPROVED') {
    const offers = offersOfTemplate(template);
    const words = { text: record.text ?? '', buttons: offers.map(({ label }) => label) };
    world.narrator.sent(account, conversation, words, { messageId: conversationId, failure, offers });
  }
  return { status: 201, body: { conversationId, status: 'INITIATED' } };
}

function sendMessaging(call: AccountCall): Answer {
  const { account, incoming, record, world } = call;
  const given = messagingSend(incoming.json(), '');
  const text = wordsOf(call, given);
  record.text = text;
  const { channel, contact } = given;
  const conversation = open(call, channel, contact);
  const { id: conversationId } = conversation;
  world.narrator.sent(account, conversation, { text }, { messageId: conversationId });
  const addresses = [{ address: contact, channelType: channel.toUpperCase() }];
  return { status: 201, body: { conversationId, status: 'INITIATED', addresses } };
}

/** What the customer reads. Throws for a template that is not there, of another type, or not published (guide 002, edge case 3). */
function wordsOf({ account }: AccountCall, { channel, content }: MessagingSend): string {
  if ('text' in content) return content.text;
  const { templateId, values } = content;
  const template = account.messagingTemplates.byId(templateId);
  if (!template) throw notFound(`templateId: ${JSON.stringify(templateId)} does not exist`);
  if (template.type !== channel) throw new FieldError('templateId', `is a template for ${template.type}`);
  if (template.status !== 'PUBLISHED') {
    throw badRequest(`templateId: is ${template.status}, not PUBLISHED`, 'template.not.published');
  }
  return rendered(template.subject === undefined ? template.body : `${template.subject}\n${template.body}`, values);
}

function open({ account, record, world }: AccountCall, channel: Channel, contact: string): Conversation {
  const sender = account.agentlessSender(channel);
  if (!sender) throw badRequest(`channelType: the account has nothing to send from on ${channel}`, MISMATCH);
  const pair = { channel, sender: sender.address, contact };
  const conversation = account.conversations.open(pair, sender.queueId ?? 'queue-default', 'agentless');
  conversation.status = 'active';
  record.conversationId = conversation.id;
  // No guide shows a message id in the answer: receipts call the conversation's one message by its id.
  record.messageId = conversation.id;
  world.requests.messageAccepted(account.id);
  return conversation;
}
