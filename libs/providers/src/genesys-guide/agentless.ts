import type { AgentlessClient, AgentlessSend, AgentlessSent } from '../agentless-client.ts';
import type { CallOptions, CallResult } from '../call-result.ts';
import { isText, valueAt } from '../field-reader.ts';
import type { Read } from './answers.ts';
import { formsOf } from './addresses.ts';
import type { Caller } from './client-call.ts';
import { flatParameters, keyedParameters, valuesOf } from './template-parameters.ts';

/** Guide 001, section 3 and guide 002, section 3: two bodies for one path. */
const CONVERSATIONS = '/api/v2/messaging/conversations';

/**
 * One message in a conversation of its own, without an agent. Neither guide has a field for the sender: the provider sends from
 * its number of that channel.
 */
export class GuideAgentless implements AgentlessClient {
  constructor(private readonly call: Caller) {}

  async sendAgentless(request: AgentlessSend, options: CallOptions): Promise<CallResult<AgentlessSent>> {
    const body = request.channel === 'whatsapp' ? whatsappBody(request) : messagingBody(request);
    if (!body.ok) return { outcome: 'refused', code: 'invalid-request', reason: body.reason };
    const result = await this.call(options, {
      path: CONVERSATIONS,
      body: body.value,
      sent: privateStrings(request),
      read: readSent,
    });
    // The request names nothing else that may be missing.
    const unknown = result.outcome === 'refused' && result.code === 'not-found';
    return unknown ? { ...result, code: 'sender-or-template-mismatch' } : result;
  }
}

/** Guide 001, section 3: by name, which is the same in every environment, with a flat list of values, the header's first. */
function whatsappBody({ to, content, label }: AgentlessSend): Read<object> {
  const { type, name, language } = content;
  if (type !== 'template')
    return { ok: false, reason: `content.type: ${type} needs an open window and a conversation` };
  const parameters = flatParameters(content);
  return {
    ok: true,
    value: {
      label: label ?? name,
      participant: { address: { phoneNumber: `+${to}`, channelType: 'whatsapp' } },
      messages: [{ type: 'whatsapp_template', templateName: name, language, parameters }],
    },
  };
}

/** Guide 002, section 3: by id, with values by name, or a text as it is. */
function messagingBody({ channel, to, content }: AgentlessSend): Read<object> {
  const base = { conversationType: channel, addresses: [{ channelType: channel.toUpperCase(), address: to }] };
  if (content.type === 'text') return { ok: true, value: { ...base, body: content.text } };
  if (content.type !== 'template')
    return { ok: false, reason: `content.type: ${content.type} cannot be sent this way` };
  const { providerTemplateId: templateId } = content;
  if (templateId === undefined)
    return { ok: false, reason: 'content.providerTemplateId: is missing (guide 002, section 3)' };
  const body = keyedParameters(content);
  return body.ok ? { ok: true, value: { ...base, templateId, body: body.value } } : body;
}

/**
 * `{ conversationId, status: "INITIATED" }` (guide 002, section 3). No message id is shown; assumed is that receipts call the one
 * message of the conversation by the conversation's id.
 */
function readSent(json: unknown): Read<AgentlessSent> {
  const id = valueAt(json, 'conversationId');
  if (!isText(id)) return { ok: false, reason: 'the answer has no conversationId' };
  return { ok: true, value: { providerConversationId: id, providerMessageId: id } };
}

/** What must not come back in a reason: the address in every form, and everything that the message says. */
function privateStrings({ channel, to, content }: AgentlessSend): string[] {
  const addresses = channel === 'email' ? [to] : [...formsOf(channel, to), `+${to.replace(/\D/g, '')}`];
  return [...addresses, ...valuesOf(content), ...(content.text === undefined ? [] : [content.text])];
}
