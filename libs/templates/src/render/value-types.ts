import type { VariableType } from '@heliograph/contracts';

/** As 2026-10-25; `Date.parse` alone would take the 31st of February for a day in March. */
function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text);
}

/** ISO 4217, as this runtime knows it. */
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

function isAmount(text: string): boolean {
  const match = /^-?\d{1,15}(?:\.\d{1,4})? ([A-Z]{3})$/.exec(text);
  return match !== null && CURRENCIES.has(match[1]!);
}

const isWebAddress = (text: string): boolean => /^https?:\/\/[^\s/?#]+\S*$/.test(text) && URL.canParse(text);

/** What a value of each type looks like, and how that is said to people. */
export const VALUE_TYPES: Readonly<
  Record<VariableType, { readonly wanted: string; readonly fits: (text: string) => boolean; readonly max: number }>
> = {
  text: { wanted: 'a text', fits: () => true, max: 1024 },
  number: { wanted: 'a number, for example 12.5', fits: (text) => /^-?\d+(?:\.\d+)?$/.test(text), max: 32 },
  date: { wanted: 'a date, for example 2026-10-25', fits: isDate, max: 10 },
  amount: { wanted: 'an amount with its currency, for example 12.50 EUR', fits: isAmount, max: 24 },
  url: { wanted: 'a web address that begins with http:// or https://', fits: isWebAddress, max: 1024 },
};
