import { AsyncLocalStorage } from 'node:async_hooks';
import { randomFillSync } from 'node:crypto';

/**
 * W3C Trace Context (https://www.w3.org/TR/trace-context/), the propagation format of OpenTelemetry. No spans are recorded
 * here, so a `traceparent` is passed on as it came: what reads it downstream becomes a child of the last one who did record.
 */
const running = new AsyncLocalStorage<string>();

/** version, trace id, parent id, flags; versions after 00 may append fields (section 3.2.4). */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** The trace context that the present work belongs to; undefined outside of `runWithTraceparent`. */
export function currentTraceparent(): string | undefined {
  return running.getStore();
}

/** Runs `fn` under a trace context. Without a valid one, the work becomes the root of a new trace. */
export function runWithTraceparent<T>(traceparent: string | undefined, fn: () => T): T {
  return running.run(isTraceparent(traceparent) ? traceparent : newTraceparent(), fn);
}

/** Marked as sampled (01): whether a trace is recorded is for those who record to decide. */
export function newTraceparent(): string {
  return `00-${nonZeroHex(16)}-${nonZeroHex(8)}-01`;
}

export function isTraceparent(text: string | undefined): text is string {
  const match = text === undefined ? null : TRACEPARENT.exec(text);
  return match !== null && (match[1] !== '00' || match[3] === undefined);
}

/** The trace id of a valid `traceparent`: 32 hex digits. */
export function traceIdOf(traceparent: string): string {
  return traceparent.slice(3, 35);
}

/** Filled at once: a call of the generator costs several microseconds, however few bytes it is asked for. */
const random = Buffer.alloc(4_096);
let used = random.length;

function nonZeroHex(bytes: number): string {
  if (used + bytes > random.length) {
    randomFillSync(random);
    used = 0;
  }
  const hex = random.toString('hex', used, (used += bytes));
  return /[^0]/.test(hex) ? hex : nonZeroHex(bytes);
}
