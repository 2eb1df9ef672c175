import { suggestion } from '@heliograph/contracts';
import { badRequest } from '@heliograph/http-api';
import type { ErrorDetail } from '@heliograph/runtime';
import type { CsvDialect } from './csv-record.ts';

export interface Columns {
  readonly count: number;
  readonly places: ReadonlyMap<string, number>;
}

const FIELD = '(header)';
const USUAL_SEPARATORS = [',', ';', '\t', '|'];

/**
 * @param wanted columns it must have
 * @throws ApiError 400 for a header that lacks one of them, or has a name twice; columns without a name are passed over
 */
export function headerOf(
  raw: string,
  names: readonly string[],
  wanted: readonly string[],
  { separator }: CsvDialect,
): Columns {
  const places = new Map<string, number>();
  const problems: ErrorDetail[] = [];
  for (const [place, name] of names.entries()) {
    if (name === '') continue;
    if (places.has(name)) problems.push({ field: FIELD, reason: `has the column "${name}" twice` });
    places.set(name, place);
  }
  const missing = [...new Set(wanted)].filter((name) => !places.has(name));
  const hint = missing.length > 0 ? hintOf(raw, names, separator) : '';
  for (const name of missing) {
    const near = hint === '' ? suggestion(name, [...places.keys()]) : '';
    problems.push({ field: FIELD, reason: `has no column "${name}"${hint}${near}` });
  }
  if (problems.length > 0) throw badRequest(problems);
  return { count: names.length, places };
}

/** What is likely to be wrong with the file as a whole. */
function hintOf(raw: string, names: readonly string[], separator: string): string {
  if (raw.includes('\0')) return ': it has NUL characters; is it UTF-16? Say so, by charset=utf-16le or utf-16be';
  const other = USUAL_SEPARATORS.find((one) => one !== separator && raw.includes(one));
  if (names.length > 1 || other === undefined) return '';
  return `: it seems to be separated by ${other === '\t' ? 'tabs; add ?separator=tab' : `"${other}"; add ?separator=${other}`}`;
}
