import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SlidingLog, type Limit } from './sliding-log.ts';

/** Every earlier arrival is looked at again, each time. */
function bruteForce(arrivals: number[], { requests, periodMs }: Limit): boolean[] {
  const verdicts: boolean[] = [];
  arrivals.forEach((now, index) => {
    const inWindow = arrivals.slice(0, index).filter((at, other) => verdicts[other] && at > now - periodMs);
    verdicts.push(inWindow.length < requests);
  });
  return verdicts;
}

const traffic = fc.record({
  limit: fc.record({ requests: fc.integer({ min: 1, max: 20 }), periodMs: fc.integer({ min: 1, max: 4000 }) }),
  gaps: fc.array(
    fc.oneof(fc.constant(0), fc.double({ min: 0, max: 60, noNaN: true }), fc.integer({ max: 500, min: 0 })),
    {
      maxLength: 300,
    },
  ),
});

function arrivalsOf(gaps: number[]): number[] {
  let now = 1_750_000_000_000;
  return gaps.map((gap) => (now += gap));
}

describe('the sliding log', () => {
  it('accepts exactly what a count over all earlier arrivals accepts', () => {
    fc.assert(
      fc.property(traffic, ({ limit, gaps }) => {
        const log = new SlidingLog(limit);
        const arrivals = arrivalsOf(gaps);
        expect(arrivals.map((at) => log.arrive(at).accepted)).toEqual(bruteForce(arrivals, limit));
      }),
      { numRuns: 500 },
    );
  });

  it('never lets more than the limit into any window, and names the first whole second at which one more fits', () => {
    fc.assert(
      fc.property(traffic, ({ limit, gaps }) => {
        const log = new SlidingLog(limit);
        const accepted: number[] = [];
        for (const at of arrivalsOf(gaps)) {
          const verdict = log.arrive(at);
          if (verdict.accepted) {
            accepted.push(at);
            const inWindow = accepted.filter((one) => one > at - limit.periodMs).length;
            expect(inWindow).toBeLessThanOrEqual(limit.requests);
            expect(verdict.remaining).toBe(limit.requests - inWindow);
          } else {
            expect(Number.isInteger(verdict.retryAfterS)).toBe(true);
            const inWindow = (now: number) => accepted.filter((one) => one > now - limit.periodMs).length;
            expect(inWindow(at + verdict.retryAfterS * 1000)).toBeLessThan(limit.requests);
            if (verdict.retryAfterS > 1) {
              expect(inWindow(at + (verdict.retryAfterS - 1) * 1000)).toBe(limit.requests);
            }
          }
        }
      }),
    );
  });

  it('admits one more exactly one period after the oldest, not a moment before', () => {
    const log = new SlidingLog({ requests: 2, periodMs: 1000 });
    expect([0, 400, 999.9, 1000, 1399.9, 1400].map((at) => log.arrive(at).accepted)).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('keeps counting what was accepted before when the limit is lowered', () => {
    const log = new SlidingLog({ requests: 4, periodMs: 1000 });
    [0, 100, 200, 300].forEach((at) => log.arrive(at));
    log.limit = { requests: 2, periodMs: 1000 };
    expect(log.arrive(1150)).toEqual({ accepted: false, retryAfterS: 1 });
    expect(log.arrive(1200).accepted).toBe(true);
  });

  it('forgets what has left the window however long it runs', () => {
    const log = new SlidingLog({ requests: 1, periodMs: 1 });
    for (let now = 0; now < 100_000; now += 2) expect(log.arrive(now).accepted).toBe(true);
  });
});
