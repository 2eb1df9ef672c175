import { describe, expect, it } from '@jest/globals';
import { BudgetFixture } from '../../test/budget/budget-fixture.ts';
import { mostInAnyWindow, type Usable } from '../../test/budget/judge.ts';
import type { Bucket } from './bucket.ts';
import type { Grant } from './demand.ts';

const fixture = BudgetFixture.use();

const WIDE: Bucket = { name: 'wide', limit: 1_000_000, periodMs: 1_000 };

/**
 * A process whose event loop is busy with one request after the other, each for so long; who finds his grant run out has to
 * wait for the next one, and has cost time as well.
 */
class BusyProcess {
  readonly used: Usable[] = [];
  readonly #process = fixture.processes[0]!;
  readonly #granted: { readonly grant: Grant; readonly by: number }[] = [];
  readonly #costMs: () => number;
  #working = false;

  constructor(costMs: () => number) {
    this.#costMs = costMs;
  }

  send(bucket: Bucket, requests: number): void {
    for (let by = 0; by < requests; by++) this.#take(bucket, by);
  }

  #take(bucket: Bucket, by: number): void {
    const granted = fixture.budget.take({ buckets: [bucket], priority: 'transactional' }).then((grant) => {
      this.#granted.push({ grant, by });
      if (!this.#working) this.#turn(bucket);
      this.#working = true;
    });
    fixture.time.watch(granted.catch(() => undefined));
  }

  #turn(bucket: Bucket): void {
    this.#process.soon(() => {
      const next = this.#granted.shift();
      this.#working = next !== undefined;
      if (!next) return;
      const { deadline, use } = next.grant;
      const leftMs = deadline - this.#process.now();
      if (leftMs > 0) {
        use();
        this.used.push({ from: fixture.now, to: fixture.now + leftMs });
      } else {
        this.#take(bucket, next.by);
      }
      this.#process.stall(leftMs > 0 ? this.#costMs() : this.#costMs() / 4);
      this.#turn(bucket);
    });
  }
}

/** Grants that ran out, of all that were handed out. */
const expiredShare = (): number => {
  const { expired, handedOut } = fixture.budget.snapshot();
  return expired / handedOut;
};

describe('a process with more waiting than it has time for', () => {
  it.each([1, 4, 20])('at %d ms a request ends all of them, and few grants run out', async (costMs) => {
    await fixture.idle(WIDE);
    const requests = Math.ceil(8_000 / costMs);
    const busy = new BusyProcess(() => costMs);
    busy.send(WIDE, requests);
    await fixture.runFor(1.2 * requests * costMs);
    expect(busy.used).toHaveLength(requests);
    expect(fixture.budget.waiting).toBe(0);
    expect(expiredShare()).toBeLessThan(0.1);
  });

  it('and less and less time ends all of them, and few grants run out', async () => {
    await fixture.idle(WIDE);
    const requests = 3_000;
    const busy: BusyProcess = new BusyProcess(() => 0.2 + busy.used.length / 500);
    busy.send(WIDE, requests);
    await fixture.runFor(1.2 * (0.2 + requests / 1_000) * requests);
    expect(busy.used).toHaveLength(requests);
    expect(expiredShare()).toBeLessThan(0.1);
  });

  it('uses what its limit allows while it can, and never more in a period', async () => {
    const bucket = { name: 'requests', limit: 250, periodMs: 1_000 };
    const busy = new BusyProcess(() => 4);
    busy.send(bucket, 2_000);
    await fixture.runFor(5_000);
    // 200 of the 250 are refilled a second, and just as many can be sent.
    expect(busy.used.length).toBeGreaterThanOrEqual(0.98 * 5 * 200);
    expect(mostInAnyWindow(busy.used, bucket.periodMs)).toBeLessThanOrEqual(bucket.limit);
  });

  it('goes on as fast as it can once it has time again', async () => {
    await fixture.idle(WIDE);
    const busy: BusyProcess = new BusyProcess(() => (busy.used.length < 50 ? 20 : 0.1));
    busy.send(WIDE, 3_000);
    await fixture.runFor(50 * 20 * 1.2 + 2_950 * 0.1 * 2);
    expect(busy.used).toHaveLength(3_000);
  });
});
