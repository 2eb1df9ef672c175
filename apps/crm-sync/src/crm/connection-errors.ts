import type { Verdict } from './verdict.ts';

/** Ends before the first byte was written: nobody was there to read it. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** What a request that got no answer means for the entry. */
export function connectionVerdict(error: unknown, timeoutMs: number): Verdict {
  const { name, message, code } = error as { name?: unknown; message?: unknown; code?: unknown };
  if (name === 'TimeoutError') return { kind: 'failed', reason: `no answer within ${timeoutMs} ms` };
  const cause = String(code ?? message ?? error);
  const isTls = cause.startsWith('ERR_TLS_') || cause.includes('CERT');
  if (NOT_CONNECTED.has(cause) || isTls) {
    return { kind: 'unavailable', scope: 'all', reason: `no connection: ${cause}` };
  }
  return { kind: 'failed', reason: `the connection broke: ${cause}` };
}
