import type { ErrorDetail } from '@heliograph/runtime';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { suggestion } from '@heliograph/contracts';
import { badRequest } from './api-error.ts';

/** The deepest valid request of any of our APIs is content.choices[i].label. */
const MAX_DEPTH = 8;

/**
 * Reads a request body, strictly: a field that is not known is an error, so that a misspelt one is never ignored.
 *
 * @param known names of its fields, for suggestions
 * @param further problems that no single field shows
 * @throws ApiError 400 naming every wrong field and the reason
 */
export function readBody<T extends object>(
  type: new () => T,
  body: unknown,
  known: readonly string[],
  further: (request: T) => ErrorDetail[] = () => [],
): T {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw badRequest([{ field: '(body)', reason: 'must be a JSON object' }]);
  }
  const harm = structureProblem(body);
  if (harm !== undefined) throw badRequest([{ field: '(body)', reason: harm }]);
  const request = plainToInstance(type, body);
  const options = { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true };
  const problems = [...problemsIn(validateSync(request, options), '', known), ...further(request)];
  if (problems.length > 0) throw badRequest(problems);
  return request;
}

function problemsIn(errors: readonly ValidationError[], prefix: string, known: readonly string[]): ErrorDetail[] {
  return errors.flatMap((error) => {
    const field = prefix ? `${prefix}.${error.property}` : error.property;
    const own = Object.entries(error.constraints ?? {}).map(([name, reason]) => ({
      field,
      reason: name === 'whitelistValidation' ? unknownField(error.property, prefix, known) : reason,
    }));
    return [...own, ...problemsIn(error.children ?? [], field, known)];
  });
}

const unknownField = (name: string, parent: string, known: readonly string[]): string =>
  `is not a known field${parent === '' ? suggestion(name, known) : ''}`;

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
