interface Settle<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

/** Settles a promise, or leaves and rejects it when the signal aborts before that. */
export function unlessAborted<T>(
  signal: AbortSignal,
  leave: () => void,
  resolve: Settle<T>['resolve'],
  reject: Settle<T>['reject'],
): Settle<T> {
  const onAbort = (): void => {
    leave();
    reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const done = (): void => signal.removeEventListener('abort', onAbort);
  return {
    resolve: (value) => {
      done();
      resolve(value);
    },
    reject: (reason) => {
      done();
      reject(reason);
    },
  };
}
