import { toUSVString } from 'node:util';

/** Most characters of the CRM's words that are kept. */
const MOST = 300;
const LOOKED_AT = 4_000;
/** So many characters in a row of what we sent are a quotation of it, also when the CRM cuts it. */
const PIECE = 8;
const HIDDEN = '[…]';

/**
 * The CRM's words as reasons and logs may carry them: one line, bounded, and without what we sent. CRMs like to quote what
 * they refuse, and message texts and addresses must not come back that way.
 *
 * @param body the answer: `{message, code}` in JSON, or any text
 * @param hidden the private strings of the request
 */
export function answerText(body: string, hidden: readonly string[]): string {
  const forms = hidden.flatMap((part) => [
    part,
    JSON.stringify(part).slice(1, -1),
    encodeURIComponent(toUSVString(part)),
  ]);
  const text = withoutQuotations(messageOf(body).slice(0, LOOKED_AT), forms);
  const line = text.replace(/[\p{C}\s]+/gu, ' ').trim();
  return line.length > MOST ? `${toUSVString(line.slice(0, MOST - 1))}…` : line;
}

function messageOf(body: string): string {
  try {
    const { message, code } = JSON.parse(body) as { message?: unknown; code?: unknown };
    if (typeof message === 'string') return typeof code === 'string' ? `${code}: ${message}` : message;
  } catch {
    // Not JSON: its text is all there is.
  }
  return body;
}

function withoutQuotations(text: string, forms: readonly string[]): string {
  let shown = '';
  for (let at = 0; at < text.length;) {
    const length = Math.max(0, ...forms.map((form) => quotedLength(text, at, form)));
    shown += length > 0 ? HIDDEN : text[at];
    at += Math.max(1, length);
  }
  return shown;
}

/** How much of `text` from `start` on quotes `form`: the whole of a short one, at least a piece of a long one. */
function quotedLength(text: string, start: number, form: string): number {
  let end = start + Math.min(PIECE, form.length);
  if (form === '' || end > text.length || !form.includes(text.slice(start, end))) return 0;
  if (form.length < PIECE) return isWord(text, start, end) ? form.length : 0;
  while (end < text.length && form.includes(text.slice(start, end + 1))) end++;
  return end - start;
}

/** A message "a" must not garble the CRM's sentence. */
const isWord = (text: string, start: number, end: number): boolean =>
  !/[\p{L}\p{N}]$/u.test(text.slice(0, start)) && !/^[\p{L}\p{N}]/u.test(text.slice(end));
