/** Whatever looks like a placeholder, right or wrong. */
const ANY = /\{\{([^{}]*)\}\}/g;
const NUMBER = /^[1-9]\d{0,2}$/;
/** Names of variables; exactly so in `{{name}}` too (guide 002, section 2). */
export const VARIABLE_NAME = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** What stands between the braces, in order, repeats included. */
export const placeholdersIn = (text: string): string[] => [...text.matchAll(ANY)].map(([, inner]) => inner!);

/** Braces that belong to no placeholder. */
export const hasStrayBraces = (text: string): boolean => /\{\{|\}\}/.test(text.replace(ANY, ''));

/** Placeholders that nothing but blanks separates. */
export const hasAdjacentPlaceholders = (text: string): boolean => /\}\}\s*\{\{/.test(text);

export const isPlaceholderNumber = (inner: string): boolean => NUMBER.test(inner);

/** @param values of `{{1}}` first */
export const fillNumbered = (text: string, values: readonly string[]): string =>
  text.replace(ANY, (whole, inner: string) => (NUMBER.test(inner) ? (values[Number(inner) - 1] ?? whole) : whole));

export const fillNamed = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(ANY, (whole, inner: string) => values.get(inner) ?? whole);

/** Names in the order in which they first appear. */
export const namesIn = (text: string): string[] => [...new Set(placeholdersIn(text))];
