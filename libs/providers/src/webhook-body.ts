import { isUtf8 } from 'node:buffer';

/** Deepest nesting of one event; the array around a batch is not counted. */
export const MAX_DEPTH = 32;
/** Most events in one body. */
export const MAX_EVENTS = 1000;

export interface RawEvent {
  /** The event's own bytes, without the white space around it. */
  readonly bytes: Buffer;
  readonly value: unknown;
}

export type WebhookBody =
  | { readonly ok: true; readonly batch: boolean; readonly events: readonly RawEvent[] }
  | { readonly ok: false; readonly field: string; readonly reason: string };

const refused = (reason: string): WebhookBody => ({ ok: false, field: 'body', reason });

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Reads a webhook body as one JSON event or an array of them. Events keep their bytes: nothing is written anew, so numbers
 * beyond 2^53, key order and repeated keys reach the topic as they came.
 */
export function readWebhookBody(body: Buffer): WebhookBody {
  if (!isUtf8(body)) return refused('is not valid UTF-8');
  const [start, end] = trim(body, 0, body.length);
  if (start === end) return refused('is empty');
  const batch = body[start] === OPEN_LIST;
  const scan = scanStructure(body, start, end, batch);
  if (typeof scan === 'string') return refused(scan);
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8', start, end));
  } catch (error) {
    return refused(jsonReason(error));
  }
  if (!batch || !Array.isArray(value))
    return { ok: true, batch: false, events: [{ bytes: body.subarray(start, end), value }] };
  const elements: unknown[] = value;
  return { ok: true, batch: true, events: scan.map((bytes, index) => ({ bytes, value: elements[index] })) };
}

/**
 * One pass over the bytes before any parsing: nesting, and where the elements of a batch begin and end. On valid JSON it
 * sees exactly what the parser sees; on invalid JSON it does so up to the error, so the parser never goes deeper.
 *
 * @returns the elements of a batch, or the reason to refuse the body
 */
function scanStructure(body: Buffer, start: number, end: number, batch: boolean): Buffer[] | string {
  const deepest = MAX_DEPTH + (batch ? 1 : 0);
  const elements: Buffer[] = [];
  let depth = 0;
  let from = start + 1;
  const endElement = (at: number) => {
    const [first, last] = trim(body, from, at);
    if (first < last) elements.push(body.subarray(first, last));
    from = at + 1;
  };
  for (let i = start; i < end; i++) {
    const byte = body[i];
    if (byte === QUOTE) i = endOfString(body, i, end);
    else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      if (++depth > deepest) return `is nested deeper than ${MAX_DEPTH} levels`;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      if (--depth === 0 && batch) endElement(i);
    } else if (byte === COMMA && depth === 1 && batch) endElement(i);
    if (elements.length > MAX_EVENTS) return `holds more than ${MAX_EVENTS} events`;
  }
  return elements;
}

/** Index of the quote that ends the string begun at `quote`, or `end`. */
function endOfString(body: Buffer, quote: number, end: number): number {
  let i = quote + 1;
  while (i < end && body[i] !== QUOTE) i += body[i] === BACKSLASH ? 2 : 1;
  return i;
}

const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function trim(body: Buffer, from: number, to: number): [number, number] {
  let [start, end] = [from, to];
  while (start < end && isSpace(body[start])) start++;
  while (end > start && isSpace(body[end - 1])) end--;
  return [start, end];
}

/** The parser's messages quote the text they stumble over, and bodies must not reach logs: only the place is kept. */
function jsonReason(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const position = /at position (\d+)/.exec(message)?.[1];
  if (/end of JSON/i.test(message)) return 'is not JSON: it ends too early';
  return position === undefined ? 'is not JSON' : `is not JSON: unexpected character at position ${position}`;
}
