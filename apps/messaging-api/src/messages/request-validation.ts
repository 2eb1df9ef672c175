import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { ErrorDetail } from '@heliograph/runtime';
import { badRequest } from '../errors/api-error.ts';
import { suggestion } from '../contents/nearest-name.ts';
import { CONTENT_FIELDS } from '../contents/requested-contents.ts';
import { SendMessageRequest } from './send-message.request.ts';

/** The deepest valid request is content.choices[i].label. */
const MAX_DEPTH = 8;
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
  ...CONTENT_FIELDS,
] as const satisfies readonly (keyof SendMessageRequest)[];

/**
 * Reads a request body, strictly: a field that is not known is an error, so that a misspelt one is never ignored.
 *
 * @throws ApiError 400 naming every wrong field and the reason
 */
export function readSendMessage(body: unknown): SendMessageRequest {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest([{ field: '(body)', reason: 'must be a JSON object' }]);
  }
  const harm = structureProblem(body);
  if (harm !== undefined) throw badRequest([{ field: '(body)', reason: harm }]);
  const request = plainToInstance(SendMessageRequest, body);
  const problems = problemsIn(
    validateSync(request, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true }),
    '',
  );
  problems.push(...contentCountProblems(request), ...windowProblems(request), ...attributeProblems(request));
  if (problems.length > 0) throw badRequest(problems);
  return request;
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

function problemsIn(errors: readonly ValidationError[], prefix: string): ErrorDetail[] {
  return errors.flatMap((error) => {
    const field = prefix ? `${prefix}.${error.property}` : error.property;
    const own = Object.entries(error.constraints ?? {}).map(([name, reason]) => ({
      field,
      reason: name === 'whitelistValidation' ? unknownField(error.property, prefix) : reason,
    }));
    return [...own, ...problemsIn(error.children ?? [], field)];
  });
}

const unknownField = (name: string, parent: string): string =>
  `is not a known field${parent === '' ? suggestion(name, KNOWN_FIELDS) : ''}`;

/** Names that class-transformer follows instead of copying. */
const UNSAFE_NAMES = new Set(['constructor', '__proto__']);

/**
 * What would harm the validator, found without recursion: it recurses into every field, so a body of nothing but brackets
 * would exhaust its stack.
 */
function structureProblem(root: object): string | undefined {
  let level: object[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return `is nested deeper than ${MAX_DEPTH} levels`;
    const unsafe = level.flatMap(Object.keys).find((name) => UNSAFE_NAMES.has(name));
    if (unsafe !== undefined) return `has a field named ${unsafe}`;
    level = level.flatMap((node) => Object.values(node).filter((v) => typeof v === 'object' && v !== null) as object[]);
  }
  return undefined;
}
