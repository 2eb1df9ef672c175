import type { IncomingMessage } from 'node:http';
import type { ByteBudget } from './byte-budget.ts';

/** How reading a request's body ended. */
export type BodyRead =
  | { readonly kind: 'read'; readonly body: Buffer }
  /** Larger than the limit; at most the limit was held in memory. */
  | { readonly kind: 'too-large' }
  /** The byte budget of the process is used up. */
  | { readonly kind: 'overloaded' }
  /** Not whole within the time given. */
  | { readonly kind: 'too-slow' }
  /** The sender hung up, or its body is shorter than announced. */
  | { readonly kind: 'broken' };

export interface BodyLimits {
  /** Bytes of one body. */
  readonly maxBytes: number;
  /** Milliseconds from the call until the last byte. */
  readonly timeoutMs: number;
}

/**
 * Reads a raw body into memory, every byte of it charged to the budget. Whatever the outcome, the bytes charged are in
 * `charge`, to be given back when the request is answered. Never rejects.
 *
 * After any outcome but `read` the rest of the stream is thrown away unread.
 */
export function readBody(
  request: IncomingMessage,
  limits: BodyLimits,
  budget: ByteBudget,
  charge: { bytes: number },
): Promise<BodyRead> {
  if (Number(request.headers['content-length']) > limits.maxBytes) return Promise.resolve({ kind: 'too-large' });
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    const end = (outcome: BodyRead): void => {
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onBroken).off('error', onBroken);
      // A socket error after this point has nobody else to hear it.
      request.on('error', () => undefined);
      chunks = [];
      resolve(outcome);
    };
    const onData = (chunk: Buffer): void => {
      if (charge.bytes + chunk.length > limits.maxBytes) return end({ kind: 'too-large' });
      if (!budget.take(chunk.length)) return end({ kind: 'overloaded' });
      charge.bytes += chunk.length;
      chunks.push(chunk);
    };
    const onEnd = (): void => end({ kind: 'read', body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks) });
    const onBroken = (): void => end({ kind: 'broken' });
    const timer = setTimeout(() => end({ kind: 'too-slow' }), limits.timeoutMs);
    request.on('data', onData).on('end', onEnd).on('close', onBroken).on('error', onBroken);
  });
}
