import { toUSVString } from 'node:util';
import type { FieldProblem } from '@heliograph/contracts';

/** Longest piece of a wrong value that a problem quotes. */
const QUOTED = 64;

type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A usable id or name: not empty, and writable as UTF-8 without loss (two ids that differ must never become equal). */
export const isText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '' && toUSVString(value) === value;

// A moment needs its zone: without one it would mean another moment on every machine.
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/i;

/** A moment in ISO 8601 with its zone, as ISO 8601 in UTC; undefined when it is none. */
export function instant(value: unknown): string | undefined {
  if (typeof value !== 'string' || !INSTANT.test(value)) return undefined;
  const moment = new Date(value);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

/** A value at a dotted path; undefined when anything on the way is missing or no object. */
export function valueAt(root: unknown, path: string): unknown {
  let value = root;
  for (const name of path.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/**
 * Reads fields of a JSON value by their paths and collects every problem instead of stopping at the first. `null` counts as
 * absent. What a method returns is meaningless once there are problems.
 */
export class FieldReader {
  readonly problems: FieldProblem[] = [];
  constructor(private readonly root: unknown) {}

  problem(field: string, reason: string): void {
    this.problems.push({ field, reason });
  }

  /** A text that may be absent; an empty one counts as absent. */
  optionalText(field: string): string | undefined {
    const value = valueAt(this.root, field) ?? '';
    if (value === '') return undefined;
    if (isText(value)) return value;
    this.problem(field, 'must be a text');
    return undefined;
  }

  /**
   * An id that may be absent, also one written as a number. A number that JSON cannot hold exactly is as good as absent: what is
   * left of it may be the id of something else.
   */
  optionalId(field: string): string | undefined {
    const value = valueAt(this.root, field);
    if (typeof value !== 'number') return this.optionalText(field);
    return Number.isSafeInteger(value) ? String(value) : undefined;
  }

  text(field: string): string {
    const value = valueAt(this.root, field) ?? undefined;
    if (value === undefined) this.problem(field, 'is missing');
    else if (!isText(value)) this.problem(field, 'must be a text that is not empty');
    else return value;
    return '';
  }

  /** A text that may be empty: what somebody wrote. */
  content(field: string): string {
    const value = valueAt(this.root, field) ?? undefined;
    if (typeof value === 'string') return value;
    this.problem(field, value === undefined ? 'is missing' : 'must be a text');
    return '';
  }

  /** As `content`, but it may be absent; an empty one counts as absent. */
  optionalContent(field: string): string | undefined {
    const value = valueAt(this.root, field) ?? '';
    if (value === '') return undefined;
    if (typeof value === 'string') return value;
    this.problem(field, 'must be a text');
    return undefined;
  }

  /** A truth value that may be absent. */
  optionalFlag(field: string): boolean | undefined {
    const value = valueAt(this.root, field) ?? undefined;
    if (value === undefined || typeof value === 'boolean') return value;
    this.problem(field, 'must be true or false');
    return undefined;
  }

  /** A number within bounds, both included. */
  number(field: string, min: number, max: number): number {
    const value = valueAt(this.root, field) ?? undefined;
    if (typeof value === 'number' && value >= min && value <= max) return value;
    this.problem(field, value === undefined ? 'is missing' : `must be a number from ${min} to ${max}`);
    return min;
  }

  /** Whether no problem of these fields was found so far. */
  isRight(...fields: string[]): boolean {
    return !this.problems.some(({ field }) => fields.includes(field));
  }

  instant(field: string): string {
    const value = valueAt(this.root, field) ?? undefined;
    const moment = instant(value);
    if (moment !== undefined) return moment;
    this.problem(field, value === undefined ? 'is missing' : 'must be a moment in ISO 8601 with its zone');
    return '';
  }

  oneOf<T extends string>(field: string, allowed: readonly [T, ...T[]]): T {
    const value = this.text(field);
    const found = allowed.find((name) => name === value);
    if (found === undefined && value !== '') {
      this.problem(field, `"${value.slice(0, QUOTED)}" is not one of ${allowed.join(', ')}`);
    }
    return found ?? allowed[0];
  }
}
