import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { ErrorDetail } from '../http/error-body.ts';

/** Thrown when a file of settings is unusable. Lists all problems, so that one look repairs them. */
export class SettingsFileError extends Error {
  override readonly name: string = 'SettingsFileError';
  constructor(
    path: string,
    /** Each with the path of its field, for example `filters[0].words[2]`. */
    readonly problems: readonly ErrorDetail[],
  ) {
    super(
      `the file ${path} is invalid: ${problems.map(({ field, reason }) => `${field} ${reason}`.trim()).join('; ')}`,
    );
  }
}

export interface SettingsFileOptions<T> {
  readonly path: string;
  /** Lists of objects need `@IsObject({ each: true })`, or a list in one would pass for an object. */
  readonly type: new () => T;
  /** What is wrong between fields. Asked only where every field by itself is right. */
  readonly check?: (file: T) => readonly ErrorDetail[];
}

/**
 * Reads a JSON file of settings into its class, strictly: a field that is not known is a misspelt one, and refused.
 *
 * @throws SettingsFileError with every problem
 */
export function readSettingsFile<T extends object>({ path, type, check }: SettingsFileOptions<T>): T {
  const file = plainToInstance(type, readJson(path));
  const shape = problemsIn(validateSync(file, { whitelist: true, forbidNonWhitelisted: true }), '');
  const problems = shape.length > 0 ? shape : (check?.(file) ?? []);
  if (problems.length > 0) throw new SettingsFileError(path, problems);
  return file;
}

function readJson(path: string): object {
  const refused = (reason: string) => new SettingsFileError(path, [{ field: '', reason }]);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw refused(`it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's message may quote the file; where it stopped is enough.
    const place = /line \d+ column \d+/.exec((error as Error).message)?.[0];
    throw refused(`it is not JSON${place ? ` (${place})` : ''}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw refused('it must hold a JSON object');
}

function problemsIn(errors: readonly ValidationError[], parent: string): ErrorDetail[] {
  return errors.flatMap(({ property, constraints, children, value }) => {
    const field = join(parent, property);
    const nested = problemsIn(children ?? [], field);
    if (constraints === undefined) return nested;
    if ('whitelistValidation' in constraints) return [{ field, reason: 'is not a known field' }];
    if (value === undefined) return [{ field, reason: 'is missing' }];
    if (Object.keys(constraints).join() === 'nestedValidation') return [{ field, reason: 'must be an object' }];
    // The last one is of the decorator written first, which says what the value should be at all.
    const message = Object.values(constraints).at(-1) ?? 'is invalid';
    return [{ field, reason: withoutName(message, property) }, ...nested];
  });
}

/** class-validator names the elements of a list by their index. */
function join(parent: string, property: string): string {
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return parent === '' ? property : `${parent}.${property}`;
}

/** class-validator's messages begin with the name of the property, which stands before them already. */
function withoutName(message: string, name: string): string {
  const text = message.replace(`each value in ${name} `, 'each value ');
  return text.startsWith(`${name} `) ? text.slice(name.length + 1) : text;
}
