import { percentile } from '../statistics.ts';
import type { Arrival } from './provider-process.ts';

/** What the provider's log of a run says. */
export interface Evidence {
  /** Messages taken, turned away, and taken before an earlier one of their conversation. */
  accepted: number;
  throttled: number;
  swapped: number;
  /** From being accepted by us to arriving at the provider, milliseconds. */
  p99WaitMs: number;
  /** When the last one arrived, by Date.now(). */
  lastAt: number;
}

/** @throws Error when nothing arrived */
export function evidenceOf(arrivals: readonly Arrival[]): Evidence {
  const lastSequences = new Map<number, number>();
  const waits: number[] = [];
  let throttled = 0;
  let swapped = 0;
  for (const [, at, text, wasThrottled] of arrivals) {
    const [conversation = 0, sequence = 0, acceptedAt = 0] = text.split(' ').slice(0, 3).map(Number);
    if (wasThrottled) {
      throttled++;
      continue;
    }
    if (sequence < (lastSequences.get(conversation) ?? -1)) swapped++;
    else lastSequences.set(conversation, sequence);
    waits.push(at - acceptedAt);
  }
  return {
    accepted: waits.length,
    throttled,
    swapped,
    p99WaitMs: percentile(waits, 99),
    lastAt: arrivals.at(-1)?.[1] ?? 0,
  };
}

/**
 * Messages per second while every account had more to send than it may: from a moment on until the first account had sent its
 * last.
 */
export function saturatedRate(arrivals: readonly Arrival[], from: number): number {
  const lastOf = new Map<string, number>();
  for (const [account, at] of arrivals) lastOf.set(account, at);
  const until = Math.min(...lastOf.values());
  const counted = arrivals.filter(([, at, , throttled]) => !throttled && at >= from && at < until);
  return (counted.length * 1000) / (until - from);
}
