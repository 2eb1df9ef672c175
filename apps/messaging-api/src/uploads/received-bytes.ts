import type { Readable } from 'node:stream';
import { ApiError } from '@heliograph/http-api';

/**
 * The bytes of a body as they come, no faster than they are taken.
 *
 * @throws ApiError 408 when nothing comes for `idleMs` while it is waited for, 400 when the connection breaks
 */
export async function* receivedBytes(body: Readable, idleMs: number): AsyncIterable<Uint8Array> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  for (;;) {
    const piece = await within(pieces.next().catch(brokenOff), idleMs);
    if (piece.done) return;
    yield piece.value;
  }
}

async function within<T>(coming: Promise<T>, idleMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const seconds = Math.round(idleMs / 1_000);
    const fail = () => reject(new ApiError(408, `nothing of the body has come for ${seconds} s; rows before count`));
    timer = setTimeout(fail, idleMs);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
}

function brokenOff(): never {
  throw new ApiError(400, 'the body broke off; rows before count');
}
