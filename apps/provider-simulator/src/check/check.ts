/** A field that is missing, unknown or wrong. `field` is its path, such as `to[0].id`; the message is `field: reason`. */
export class FieldError extends Error {
  readonly field: string;

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`);
    this.name = 'FieldError';
    this.field = field;
  }
}

/** Returns the value when it is right, throws `FieldError` when it is not. */
export type Check<T> = ((value: unknown, field: string) => T) & { readonly optional?: boolean };
export type Checked<C> = C extends Check<infer T> ? T : never;

function fail(field: string, reason: string): never {
  throw new FieldError(field === '' ? 'body' : field, reason);
}

interface TextBounds {
  min?: number;
  max?: number;
  pattern?: RegExp;
  like?: string;
}

export function text({ min = 1, max = 1024, pattern, like }: TextBounds = {}): Check<string> {
  return (value, field) => {
    if (typeof value !== 'string') fail(field, 'must be a string');
    if (value.length < min || value.length > max) fail(field, `must have ${min} to ${max} characters`);
    if (pattern && !pattern.test(value)) fail(field, `must look like ${like ?? String(pattern)}`);
    return value;
  };
}

export function number({ min = -Infinity, max = Infinity } = {}): Check<number> {
  return (value, field) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) fail(field, 'must be a number');
    if (value < min || value > max) fail(field, `must be between ${min} and ${max}`);
    return value;
  };
}

export function integer({ min = 0, max = Number.MAX_SAFE_INTEGER } = {}): Check<number> {
  const bounded = number({ min, max });
  return (value, field) => {
    if (!Number.isInteger(value)) fail(field, 'must be a whole number');
    return bounded(value, field);
  };
}

export function boolean(): Check<boolean> {
  return (value, field) => (typeof value === 'boolean' ? value : fail(field, 'must be true or false'));
}

export function oneOf<const T extends string | boolean | null>(...allowed: T[]): Check<T> {
  return (value, field) => {
    if (!allowed.includes(value as T)) fail(field, `must be ${allowed.map((one) => JSON.stringify(one)).join(' or ')}`);
    return value as T;
  };
}

/** Accepts what either check accepts; the reason given is the second one's. */
export function either<A, B>(first: Check<A>, second: Check<B>): Check<A | B> {
  return (value, field) => {
    try {
      return first(value, field);
    } catch {
      return second(value, field);
    }
  };
}

export function list<T>(item: Check<T>, { min = 0, max = 1000 } = {}): Check<T[]> {
  return (value, field) => {
    if (!Array.isArray(value)) fail(field, 'must be a list');
    if (value.length < min || value.length > max) fail(field, `must have ${min} to ${max} entries`);
    return value.map((entry, index) => item(entry, `${field}[${index}]`));
  };
}

/** An object whose keys are the caller's own; every value is checked alike. */
export function map<T>(item: Check<T>, { max = 100 } = {}): Check<Record<string, T>> {
  return (value, field) => {
    const given = plainObject(value, field);
    if (Object.keys(given).length > max) fail(field, `must have at most ${max} entries`);
    const entries = Object.entries(given).map(([key, entry]) => [key, item(entry, join(field, key))] as const);
    return Object.fromEntries(entries);
  };
}

type Fields = Record<string, Check<unknown>>;
type ObjectOf<F extends Fields> = { [K in keyof F]: Checked<F[K]> };

/** An object with exactly these fields: an unknown one is refused by name. */
export function object<F extends Fields>(fields: F): Check<ObjectOf<F>> {
  const names = Object.keys(fields);
  return (value, field) => {
    const given = plainObject(value, field);
    for (const key of Object.keys(given)) {
      if (!Object.hasOwn(fields, key)) fail(join(field, key), 'is not a known field');
    }
    const result: Record<string, unknown> = {};
    for (const name of names) {
      const check = fields[name] as Check<unknown>;
      const present = Object.hasOwn(given, name);
      if (!present && !check.optional) fail(join(field, name), 'is required');
      result[name] = check(present ? given[name] : undefined, join(field, name));
    }
    return result as ObjectOf<F>;
  };
}

/** Chooses the check by the value of one field, so that the error names the wrong field of the right variant. */
export function variant<C extends Record<string, Check<unknown>>>(key: string, checks: C): Check<Checked<C[keyof C]>> {
  const known = oneOf(...Object.keys(checks));
  return (value, field) => {
    const name = known((value as Record<string, unknown> | null)?.[key], join(field, key));
    return (checks[name] as Check<Checked<C[keyof C]>>)(value, field);
  };
}

export function optional<T>(check: Check<T>): Check<T | undefined> {
  const relaxed = (value: unknown, field: string) => (value === undefined ? undefined : check(value, field));
  return Object.assign(relaxed, { optional: true });
}

/** As `optional`, but a missing value becomes a copy of the fallback. */
export function defaulting<T>(check: Check<T>, fallback: NoInfer<T>): Check<T> {
  const relaxed = (value: unknown, field: string) =>
    value === undefined ? structuredClone(fallback) : check(value, field);
  return Object.assign(relaxed, { optional: true });
}

function plainObject(value: unknown, field: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(field, 'must be an object');
  return value as Record<string, unknown>;
}

function join(field: string, key: string): string {
  return field === '' ? key : `${field}.${key}`;
}
