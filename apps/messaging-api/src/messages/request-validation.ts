import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { ErrorDetail } from '@heliograph/runtime';
import { badRequest } from '../errors/api-error.ts';
import { SendMessageRequest } from './send-message.request.ts';

/** The deepest valid request is template.parameters[i]. */
const MAX_DEPTH = 8;

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
  const given = [request.text, request.template].filter((content) => content !== undefined).length;
  if (given !== 1) problems.push({ field: 'text', reason: 'give either text or template, exactly one of them' });
  if (problems.length > 0) throw badRequest(problems);
  return request;
}

function problemsIn(errors: readonly ValidationError[], prefix: string): ErrorDetail[] {
  return errors.flatMap((error) => {
    const field = prefix ? `${prefix}.${error.property}` : error.property;
    const own = Object.entries(error.constraints ?? {}).map(([name, reason]) => ({
      field,
      reason: name === 'whitelistValidation' ? 'is not a known field' : reason,
    }));
    return [...own, ...problemsIn(error.children ?? [], field)];
  });
}

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
