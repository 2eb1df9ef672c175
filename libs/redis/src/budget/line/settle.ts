import type { AskAnswer } from '../budget-store.ts';
import { askAgainAt } from './ask-again.ts';
import type { KnownBucket } from './known-buckets.ts';
import type { Line } from './line.ts';
import type { Batch, Entry } from './lines.ts';

interface Terms {
  /** Of what was granted. */
  readonly deadline: number;
  readonly now: number;
  readonly chance: () => number;
}

interface Given {
  handedOut: number;
  /** Came too late, or for nobody. */
  thrownAway: number;
}

/** Gives those of a batch what Redis granted, and notes until when there is no more. */
export function settle(
  batch: Batch,
  buckets: readonly KnownBucket[],
  answers: AskAnswer['asks'],
  terms: Terms,
): Readonly<Given> {
  const given = { handedOut: 0, thrownAway: 0 };
  const served = new Map<Line, number>();
  for (const line of batch.lines) line.plenty = true;
  batch.entries.forEach((entry, index) => {
    const { granted, full, waitMs } = answers[index]!;
    const { line, pair } = entry.queue;
    handOut(entry, granted, terms, given);
    served.set(line, (served.get(line) ?? 0) + Math.min(1, granted));
    if (granted === entry.count) return;
    const bucket = buckets[full]!;
    bucket.isFullUntil(askAgainAt(bucket.pace, terms.now + waitMs, terms.chance()), line.priority);
    if (bucket !== pair) line.plenty = false;
  });
  for (const [line, queues] of served) line.window = line.plenty ? Math.max(2, 2 * line.window) : 1 + 2 * queues;
  return given;
}

function handOut({ queue }: Entry, granted: number, { deadline, now }: Terms, given: Given): void {
  // A pause that began while Redis was asked holds for what was granted meanwhile, too.
  const usable = now < deadline && !queue.pausedAt(now);
  const grant = { deadline };
  let left = granted;
  while (usable && left > 0) {
    const waiter = queue.shift();
    if (!waiter) break;
    left--;
    given.handedOut++;
    waiter.resolve(grant);
  }
  if (left > 0) given.thrownAway += usable && !queue.pair ? queue.line.lease.put(left, grant, now) : left;
}
