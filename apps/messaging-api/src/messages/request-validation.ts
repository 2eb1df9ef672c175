import { readBody } from '@heliograph/http-api';
import type { ErrorDetail } from '@heliograph/runtime';
import { CONTENT_FIELDS } from '../contents/requested-contents.ts';
import { SendMessageRequest } from './send-message.request.ts';

const MOST_ATTRIBUTES = 50;
const KNOWN_FIELDS = [
  'channel',
  'sender',
  'to',
  'class',
  'expiresAt',
  'ifUnsupported',
  'ifWindowClosed',
  'windowTemplate',
  'routing',
  'externalId',
  'timeZone',
  ...CONTENT_FIELDS,
] as const satisfies readonly (keyof SendMessageRequest)[];

/**
 * Reads a request body, strictly: a field that is not known is an error, so that a misspelt one is never ignored.
 *
 * @throws ApiError 400 naming every wrong field and the reason
 */
export function readSendMessage(body: unknown): SendMessageRequest {
  return readBody(SendMessageRequest, body, KNOWN_FIELDS, (request) => [
    ...contentCountProblems(request),
    ...windowProblems(request),
    ...attributeProblems(request),
  ]);
}

function contentCountProblems(request: SendMessageRequest): ErrorDetail[] {
  const given = CONTENT_FIELDS.filter((field) => request[field] !== undefined);
  if (given.length === 1) return [];
  const reason = `give exactly one of ${CONTENT_FIELDS.join(', ')}`;
  return [{ field: given[1] ?? 'text', reason: given.length > 1 ? `${reason}, not ${given.join(' and ')}` : reason }];
}

function windowProblems({ ifWindowClosed, windowTemplate }: SendMessageRequest): ErrorDetail[] {
  if (ifWindowClosed === 'template' && windowTemplate === undefined) {
    return [{ field: 'windowTemplate', reason: 'is needed when ifWindowClosed is template' }];
  }
  if (ifWindowClosed === 'template' || ifWindowClosed === 'hold' || windowTemplate === undefined) return [];
  return [{ field: 'windowTemplate', reason: 'is for ifWindowClosed template or hold' }];
}

function attributeProblems({ routing }: SendMessageRequest): ErrorDetail[] {
  const attributes = Object.entries(routing?.attributes ?? {});
  const problems = attributes
    .filter(([, value]) => !['string', 'number', 'boolean'].includes(typeof value))
    .map(([name]) => ({ field: `routing.attributes.${name}`, reason: 'must be a text, a number or a truth value' }));
  if (attributes.length <= MOST_ATTRIBUTES) return problems;
  return [...problems, { field: 'routing.attributes', reason: `has ${attributes.length}; at most ${MOST_ATTRIBUTES}` }];
}
