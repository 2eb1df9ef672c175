import type { AskAnswer } from '../budget-store.ts';
import { askAgainAt } from './ask-again.ts';
import type { KnownBucket } from './known-buckets.ts';
import type { Line } from './line.ts';
import type { Batch, Entry } from './lines.ts';
import type { Outstanding, Round } from './outstanding.ts';

interface Terms {
  readonly outstanding: Outstanding;
  /** Until when what was granted may be used. */
  readonly deadline: number;
  readonly now: number;
  readonly chance: () => number;
  /** Added up here. */
  readonly given: Given;
}

interface Given {
  handedOut: number;
  /** Came too late, or for nobody. */
  thrownAway: number;
}

/** Gives those of a batch what Redis granted, and notes until when there is no more. */
export function settle(batch: Batch, buckets: readonly KnownBucket[], answers: AskAnswer['asks'], terms: Terms): void {
  const served = new Map<Line, number>();
  const round = terms.outstanding.begin(terms.deadline, terms.now);
  for (const line of batch.lines) line.plenty = true;
  batch.entries.forEach((entry, index) => {
    const { granted, full, waitMs } = answers[index]!;
    const { line, pair } = entry.queue;
    handOut(entry, granted, round, terms);
    served.set(line, (served.get(line) ?? 0) + Math.min(1, granted));
    if (granted === entry.count) return;
    const bucket = buckets[full]!;
    bucket.isFullUntil(askAgainAt(bucket.pace, terms.now + waitMs, terms.chance()), line.priority);
    if (bucket !== pair) line.plenty = false;
  });
  for (const [line, queues] of served) line.window = line.plenty ? Math.max(2, 2 * line.window) : 1 + 2 * queues;
}

function handOut({ queue }: Entry, granted: number, round: Round, { outstanding, now, given }: Terms): void {
  // A pause that began while Redis was asked holds for what was granted meanwhile, too.
  const usable = now < round.deadline && !queue.pausedAt(now);
  let left = granted;
  while (usable && left > 0) {
    const waiter = queue.shift();
    if (!waiter) break;
    left--;
    given.handedOut++;
    waiter.resolve(outstanding.handOut(round));
  }
  if (left > 0) given.thrownAway += usable && !queue.pair ? queue.line.lease.put(left, round, now) : left;
}
