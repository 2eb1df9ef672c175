import { toUSVString } from 'node:util';

/** Most characters of a provider's text that are kept. */
export const MAX_TEXT = 500;
/** Most characters looked at; what lies behind is never shown. */
const LOOKED_AT = 4_000;
/** From this length on a string of ours is recognised also when it is cut, by any piece of this length. */
const PIECE = 16;
/** Shorter strings of ours are hidden as whole words only: a parameter "a" must not garble the provider's sentence. */
const WORD = 8;
const HIDDEN = '[…]';

/**
 * A provider's text as it may appear in reasons and logs: one line, bounded, and without what we sent. Providers like to
 * quote the request they refuse, and message bodies, addresses and secrets must not come back that way.
 *
 * @param sent the private strings of the request
 */
export function providerText(text: string, sent: readonly string[]): string {
  const forms = [...new Set(sent.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  let shown = text.slice(0, LOOKED_AT);
  shown = hidePieces(
    shown,
    forms.filter((form) => form.length >= PIECE),
  );
  for (const form of forms) if (form.length < PIECE) shown = hideWhole(shown, form);
  shown = shown.replace(/[\p{C}\s]+/gu, ' ').trim();
  return shown.length > MAX_TEXT ? `${toUSVString(shown.slice(0, MAX_TEXT - 1))}…` : shown;
}

/** As it is, as it stands in JSON, and as it stands in a URL or form. */
function formsOf(part: string): string[] {
  if (part === '') return [];
  return [part, JSON.stringify(part).slice(1, -1), encodeURIComponent(toUSVString(part))];
}

function hidePieces(text: string, forms: readonly string[]): string {
  let result = '';
  let i = 0;
  while (i < text.length) {
    const length = Math.max(0, ...forms.map((form) => quotedLength(text, i, form)));
    result += length > 0 ? HIDDEN : text[i];
    i += length > 0 ? length : 1;
  }
  return result;
}

/** How much of `text` from `start` on is a quotation of `form`; 0 for less than a piece. */
function quotedLength(text: string, start: number, form: string): number {
  let end = start + PIECE;
  if (end > text.length || !form.includes(text.slice(start, end))) return 0;
  while (end < text.length && form.includes(text.slice(start, end + 1))) end++;
  return end - start;
}

function hideWhole(text: string, form: string): string {
  if (form.length >= WORD) return text.replaceAll(form, HIDDEN);
  const literal = form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'gu'), HIDDEN);
}
