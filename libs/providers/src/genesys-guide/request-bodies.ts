import type { OpenConversation } from '../provider-client.ts';
import type { SendRequest } from '../send-request.ts';
import { formsOf, writeAddress } from './addresses.ts';
import { componentParameters, valuesOf } from './template-parameters.ts';

/** Guide 000, section 4. The opt-in attribute is written last: routing attributes cannot replace it. */
export function openConversationBody(request: OpenConversation): object {
  const { channel, from, to, queueId, priority = 1, skills = [], attributes = {}, externalRef } = request;
  return {
    to: [party(channel, to)],
    from: party(channel, from),
    routing_data: {
      queue_id: queueId,
      priority,
      routing_type: 'queue',
      skills: skills.map(({ id, level }) => ({ id, level })),
      attributes: { ...attributes, compliance_opt_in: true },
    },
    metadata: { external_ref: externalRef },
  };
}

/** Guide 000, section 4: free text or a template by name and language. */
export function sendMessageBody({ channel, to, content }: SendRequest): object {
  const person = { id: writeAddress(channel, to).id, type: 'person' };
  if (content.type === 'text') return { to: person, text: { content: content.text, type: 'text' } };
  const components = componentParameters(content);
  return { to: person, template: { name: content.name, language: { code: content.language }, components } };
}

function party(channel: OpenConversation['channel'], canonical: string): object {
  const { id, address } = writeAddress(channel, canonical);
  return { id, type: 'person', address };
}

/** What must not come back in a reason: addresses in every form, and what the message says. */
export function privateStrings(request: Partial<OpenConversation & SendRequest>): string[] {
  const { channel, from, to, content, externalRef, attributes = {} } = request;
  const addresses = [from, to].flatMap((address) => (address ? formsOf(channel, address) : []));
  const texts = [content?.text, ...(content ? valuesOf(content) : []), externalRef];
  const values = Object.values(attributes).filter((value) => typeof value === 'string');
  return [...addresses, ...texts, ...values].filter((part) => part !== undefined);
}
