import { FieldError, list, object, oneOf, text, variant, type Check, type Checked } from '../check/check.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A day that exists, as guide 001 §1 writes it. */
export function isDay(value: string): boolean {
  if (!DAY.test(value)) return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}

const day: Check<string> = (value, field) => {
  const given = text({ pattern: DAY, like: '2023-10-25' })(value, field);
  if (!isDay(given)) throw new FieldError(field, 'is no day of the calendar');
  return given;
};

const kinds = {
  TEXT: object({ type: oneOf('TEXT'), text: object({ default: text() }) }),
  DATE: object({ type: oneOf('DATE'), date: object({ default: day }) }),
};
export type Parameter = Checked<(typeof kinds)[keyof typeof kinds]>;

/** Types and defaults of guide 001 §1; "if the default is malformed, the API returns a 400 error". */
export const parameterList = list<Parameter>(variant('type', kinds));

/** Names in `{{…}}`, each once. */
export function placeholdersOf(given: string): string[] {
  return [...new Set([...given.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((match) => match[1] as string))];
}

/** Placeholders are {{1}}, {{2}} … without a gap, in this order, each with a parameter. */
export function assertNumbered(given: string, parameters: readonly Parameter[] | undefined, field: string): void {
  const found = placeholdersOf(given);
  if (found.some((name, index) => name !== String(index + 1))) {
    throw new FieldError(`${field}.text`, 'must number its placeholders {{1}}, {{2}} … without a gap');
  }
  if (given.replace(/\{\{\s*\w+\s*\}\}/g, '').match(/\{\{|\}\}/))
    throw new FieldError(`${field}.text`, 'has loose braces');
  if ((parameters?.length ?? 0) !== found.length) {
    throw new FieldError(`${field}.parameters`, 'must match the placeholders of the text');
  }
}
