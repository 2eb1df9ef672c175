import type { CallResult } from '../call-result.ts';
import { isObject, isText } from '../field-reader.ts';
import type { Exchange } from '../http/attempt.ts';
import type { RetryMoment } from '../limits.ts';
import { providerText } from '../http/provider-text.ts';
import { retryMoment } from '../http/retry-after.ts';
import { verdictOf } from './errors.ts';

type Answer = Extract<Exchange, { kind: 'answer' }>;

/** A value read from an answer's JSON, or what is wrong with it. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/**
 * What an exchange means for the caller.
 *
 * @param sent private strings of the request, kept out of every reason
 * @param read takes the value out of a success; a success that cannot be read is `unknown`, for it was done
 */
export function callResult<T>(
  exchange: Exchange,
  sent: () => readonly string[],
  read: (json: unknown) => Read<T>,
): CallResult<T> {
  if (exchange.kind === 'not-sent') return { outcome: 'not-sent', code: exchange.code, reason: exchange.reason };
  if (exchange.kind === 'unknown') return { outcome: 'unknown', reason: exchange.reason };
  if (exchange.status >= 300) return failure(exchange, sent());
  // 204 has no body to read.
  const json = exchange.status === 204 ? null : parse(exchange.body);
  const value = json === undefined ? ({ ok: false, reason: 'the answer is not JSON' } as const) : read(json);
  if (value.ok) return { outcome: 'ok', value: value.value };
  return { outcome: 'unknown', reason: `status ${exchange.status}, but ${value.reason}` };
}

function failure(answer: Answer, sent: readonly string[]): Exclude<CallResult<never>, { outcome: 'ok' }> {
  const { code, text } = problemOf(answer.body);
  const shown = providerText(code === undefined ? text : `${code}: ${text}`, sent);
  const reason = `status ${answer.status}${shown === '' ? '' : `, ${shown}`}`;
  const retryAfter = headerOf(answer, 'retry-after');
  const verdict = verdictOf(answer.status, code, retryAfter !== undefined);
  switch (verdict.outcome) {
    case 'refused':
      return { outcome: 'refused', code: verdict.code, reason };
    case 'throttled':
      return { outcome: 'throttled', ...momentOf(answer), ...(verdict.of && { of: verdict.of }), reason };
    case 'unauthorized':
      return { outcome: 'not-sent', code: 'unauthorized', reason };
    case 'unknown':
      return { outcome: 'unknown', reason };
  }
}

/** `{message, code, status}` (assumed), or whatever text stands there instead. */
function problemOf(body: Buffer): { readonly code?: string; readonly text: string } {
  const json = parse(body);
  if (!isObject(json)) return { text: body.toString('utf8') };
  const given = json.code ?? json.error_code;
  const code = typeof given === 'number' ? String(given) : isText(given) ? given.slice(0, 64) : undefined;
  return { ...(code !== undefined && { code }), text: isText(json.message) ? json.message : '' };
}

export function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Without `Retry-After`, the moment at which the client's limit counts anew (`inin-ratelimit-reset`, seconds) is as good. */
function momentOf(answer: Answer): RetryMoment {
  const wait = headerOf(answer, 'retry-after') ?? headerOf(answer, 'inin-ratelimit-reset');
  return retryMoment(wait, headerOf(answer, 'date'), Date.now());
}

export function headerOf(answer: Answer, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
