import type { ErrorDetail } from '@heliograph/runtime';

const VARIABLE = /\{\{([A-Za-z][A-Za-z0-9_]{0,62})\}\}/g;
const MOST_CHARACTERS = 1024;

/** Names of the variables of a text, in order, each once. */
export const variablesOf = (text: string): string[] => [...new Set(Array.from(text.matchAll(VARIABLE), (m) => m[1]!))];

/** Whether every double brace belongs to a variable: one that does not would be sent to customers. */
export const hasStrayBraces = (text: string): boolean => /\{\{|\}\}/.test(text.replace(VARIABLE, ''));

/** The text with every variable replaced, values taken as they are; or which variables are missing, surplus or wrong. */
export function fill(text: string, values: Readonly<Record<string, unknown>>): string | ErrorDetail[] {
  const names = variablesOf(text);
  const missing = names.filter((name) => !Object.hasOwn(values, name));
  const problems: ErrorDetail[] = missing.map((field) => ({ field, reason: 'is missing' }));
  for (const [field, value] of Object.entries(values)) {
    const known = names.length > 0 ? `its variables are ${names.join(', ')}` : 'it has no variables';
    if (!names.includes(field)) problems.push({ field, reason: `is not a variable of this response: ${known}` });
    else if (typeof value !== 'string' || value === '')
      problems.push({ field, reason: 'must be a text that is not empty' });
    else if (value.length > MOST_CHARACTERS) {
      problems.push({ field, reason: `has ${value.length} characters; at most ${MOST_CHARACTERS} are allowed` });
    }
  }
  return problems.length > 0 ? problems : text.replace(VARIABLE, (_, name: string) => values[name] as string);
}
