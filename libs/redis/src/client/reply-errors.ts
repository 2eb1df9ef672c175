import { Unavailable } from '@heliograph/runtime';

/** Redis answered, but cannot do its work now. Redis 6.2 wraps what a script met into `ERR Error running script … -OOM …`. */
const NOT_NOW =
  /(^|[\s-])(LOADING|READONLY|MASTERDOWN|OOM|BUSY|MISCONF|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|NOAUTH|WRONGPASS|NOPERM) /;

/** What a failed call means: {@link Unavailable} when Redis cannot be reached or cannot work now, else the error itself (a bug). */
export function toUnavailable(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'ReplyError' && !NOT_NOW.test(error.message)) return error;
  return new Unavailable('redis', error.message, { cause: error });
}

/** The answer of a fenced script whose fence is not the stored one. */
export function isFenceError(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('FENCE ');
}
