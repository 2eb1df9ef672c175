import { hash } from 'node:crypto';
import type { RequestRecord } from '../evidence/request-log.ts';
import type { Incoming } from './incoming.ts';

/** Guide 001 §3 and guide 002 §3. */
export const AGENTLESS = '/api/v2/messaging/conversations';

type Loose = Record<string, unknown> | undefined;

/** Notes what was sent, also of requests that will be refused: nothing is assumed about the body's shape. */
export function digest(incoming: Incoming, record: RequestRecord): void {
  const id = incoming.param('conversationId');
  if (id !== '') record.conversationId = id;
  const contact = incoming.param('contactId');
  if (contact !== '') record.contactId = contact;
  if (incoming.mediaType !== 'application/json') return;
  const body = parsed(incoming);
  const named = body?.['conversationId'];
  if (id === '' && typeof named === 'string') record.conversationId = named;
  if (digestAgentless(incoming, body, record)) return;
  const to = fields(Array.isArray(body?.['to']) ? body['to'][0] : body?.['to'])?.['id'];
  if (typeof to === 'string') record.toHash = addressHash(to);
  const template = fields(body?.['template']);
  if (typeof template?.['name'] === 'string') record.template = template['name'];
  const code = fields(template?.['language'])?.['code'];
  if (typeof code === 'string') record.language = code;
  const content = fields(body?.['content']);
  if (typeof content?.['type'] === 'string') record.content = content['type'];
  record.text = textOf(body?.['text']) ?? parametersOf(template?.['components']) ?? titleOf(content);
}

/** The two bodies of guides 001 §3 and 002 §3. */
function digestAgentless({ request, path }: Incoming, body: Loose, record: RequestRecord): boolean {
  if (request.method !== 'POST' || path !== AGENTLESS) return false;
  const message = fields(listOf(body?.['messages'])[0]);
  const party = fields(fields(body?.['participant'])?.['address']) ?? fields(listOf(body?.['addresses'])[0]);
  const channel = textAt(party, 'channelType')?.toLowerCase();
  const address = textAt(party, 'phoneNumber') ?? textAt(party, 'address');
  record.agentless = channel ?? '';
  if (channel !== undefined && address !== undefined) record.toHash = addressHash(`${channel}:${address}`);
  record.template = textAt(message, 'templateName');
  record.language = textAt(message, 'language');
  record.templateId = textAt(body, 'templateId');
  const values = message ? listOf(message['parameters']) : Object.values(fields(body?.['body']) ?? {});
  record.text = textAt(body, 'body') ?? values.map(String).join(' | ');
  return true;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function textAt(value: Loose, key: string): string | undefined {
  const found = value?.[key];
  return typeof found === 'string' ? found : undefined;
}

/** What tells one structured message from another. */
function titleOf(content: Loose): string | undefined {
  const named = [content?.['title'], content?.['text'], content?.['caption'], content?.['label'], content?.['url']];
  return named.find((one) => typeof one === 'string');
}

/** First 16 hex digits of SHA-256 over an address as the contract writes it (`whatsapp:+1555…`). */
export function addressHash(address: string): string {
  // Not a slice of the whole hash: millions of these are kept, and a slice would keep the whole alive.
  return hash('sha256', address, 'buffer').toString('hex', 0, 8);
}

function parsed(incoming: Incoming): Loose {
  try {
    return fields(incoming.json());
  } catch {
    return undefined;
  }
}

function fields(value: unknown): Loose {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}

function textOf(value: unknown): string | undefined {
  const content = typeof value === 'string' ? value : fields(value)?.['content'];
  return typeof content === 'string' ? content : undefined;
}

function parametersOf(components: unknown): string | undefined {
  if (!Array.isArray(components)) return undefined;
  const parameters = components.flatMap((component) => fields(component)?.['parameters'] ?? []);
  return parameters.map((parameter) => textOf(fields(parameter)?.['text']) ?? '').join(' | ');
}
