/** Something took longer than it may. */
export class DeadlineExceeded extends Error {
  override readonly name: string = 'DeadlineExceeded';
  constructor(what: string, ms: number) {
    super(`${what} took longer than ${ms} ms`);
  }
}

/**
 * Waits for `work`, but no longer than `ms`. The work itself goes on; its later failure is not reported again.
 *
 * @throws DeadlineExceeded
 */
export async function withDeadline<T>(work: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceeded(what, ms)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
