import { setTimeout as delay } from 'node:timers/promises';

/**
 * Does something so often a second, whether or not what went before has come to its end: a slow answer does not slow the
 * pace, so it cannot hide itself. Resolves when all of them have ended. @throws the first error
 */
export async function atSteadyRate(
  perSecond: number,
  count: number,
  act: (index: number) => Promise<unknown>,
): Promise<void> {
  const began = performance.now();
  const acts: Promise<unknown>[] = [];
  for (let index = 0; index < count; index++) {
    const wait = began + (index * 1000) / perSecond - performance.now();
    if (wait > 0) await delay(wait);
    const one = act(index);
    // Its failure is told at the end; until then it must not count as unhandled.
    one.catch(() => undefined);
    acts.push(one);
  }
  await Promise.all(acts);
}
