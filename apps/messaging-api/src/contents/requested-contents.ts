import type { ContentType } from '@heliograph/contracts';
import { badRequest } from '@heliograph/http-api';
import type { ErrorDetail } from '@heliograph/runtime';
import type { CannedResponses } from '../canned/canned-responses.ts';
import type { SendMessageRequest } from '../messages/send-message.request.ts';
import { readAttachment, readContent, readTemplate, readTypedContent, type RequestedContent } from './read-content.ts';

/** Fields of a request that hold the content; exactly one of them is given. */
export const CONTENT_FIELDS = [
  'text',
  'template',
  'image',
  'audio',
  'video',
  'file',
  'quickReply',
  'card',
  'location',
  'attachments',
  'canned',
  'content',
] as const satisfies readonly (keyof SendMessageRequest)[];

const TYPES = {
  image: 'image',
  audio: 'audio',
  video: 'video',
  file: 'file',
  quickReply: 'quick-reply',
  card: 'card',
  location: 'location',
} as const satisfies Partial<Record<(typeof CONTENT_FIELDS)[number], ContentType>>;

/**
 * What the request asks to be sent, in order: several only for attachments, which are single messages (guide 003, "File
 * Attachments by Channel").
 *
 * @throws ApiError 400 with every wrong field
 */
export function requestedContents(
  request: SendMessageRequest,
  tenant: string,
  canned: CannedResponses,
): RequestedContent[] {
  if (request.text !== undefined) return [{ content: { type: 'text', text: request.text }, at: '' }];
  if (request.template) return gathered([readTemplate(request.template, 'template')]);
  if (request.content !== undefined) return gathered([readTypedContent(request.content, 'content')]);
  if (request.canned) return gathered([readCanned(request.canned, tenant, canned)]);
  if (request.attachments) {
    return gathered(request.attachments.map((one, index) => readAttachment(one, `attachments.${index}`)));
  }
  for (const [field, type] of Object.entries(TYPES)) {
    const given = request[field as keyof typeof TYPES];
    if (given !== undefined) return gathered([readContent(type, given, field)]);
  }
  throw new Error('a request without content was not refused');
}

/** @throws ApiError 400 when any of them could not be read */
export function gathered(read: readonly (RequestedContent | ErrorDetail[])[]): RequestedContent[] {
  const problems = read.filter((one) => Array.isArray(one)).flat();
  if (problems.length > 0) throw badRequest(problems);
  return read as RequestedContent[];
}

function readCanned(
  { name, variables = {}, ...rest }: NonNullable<SendMessageRequest['canned']>,
  tenant: string,
  canned: CannedResponses,
): RequestedContent | ErrorDetail[] {
  const problems: ErrorDetail[] = Object.keys(rest).map((field) => ({
    field: `canned.${field}`,
    reason: 'is not a known field',
  }));
  if (typeof name !== 'string') problems.push({ field: 'canned.name', reason: 'must be a text' });
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) {
    problems.push({ field: 'canned.variables', reason: 'must be an object' });
  }
  if (problems.length > 0) return problems;
  const text = canned.render(tenant, name, variables);
  if (typeof text === 'string') return { content: { type: 'text', text }, at: 'canned' };
  return text.map(({ field, reason }) => ({ field: `canned.${field}`, reason }));
}
