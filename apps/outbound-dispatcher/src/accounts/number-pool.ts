import type { AccountBuckets, LimitBucket, Sender } from '@heliograph/accounts';
import type { Budget } from '@heliograph/redis';

/** A number's refill is this share of its limit. */
const REFILL = 0.8;

interface Promised {
  count: number;
  /** Milliseconds of performance.now(). */
  at: number;
}

/**
 * Chooses among the numbers of a sender for a contact that none of them knows: the one with the most budget. Contacts that
 * were given to a number count against it for as long as their first messages take, because what a bucket holds is known only
 * as it was a moment ago, and a burst of new contacts would all go to the same number.
 */
export class NumberPool {
  readonly #promised = new Map<string, Promised>();
  #turn = 0;

  constructor(
    private readonly buckets: AccountBuckets,
    private readonly budget: Pick<Budget, 'levels'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws Unavailable while Redis cannot be asked */
  async choose({ channel, addresses }: Sender): Promise<string> {
    const buckets = addresses.map((number) => this.buckets.number(channel, number));
    const limited = buckets.filter((bucket) => bucket !== undefined);
    // Numbers without a limit take turns.
    const levels = limited.length < buckets.length ? buckets.map(() => 0) : await this.budget.levels(limited);
    let best = -1;
    let most = -Infinity;
    const first = this.#turn++;
    for (let step = 0; step < addresses.length; step++) {
      const index = (first + step) % addresses.length;
      const left = levels[index]! - this.#promisedOf(buckets[index]);
      if (left <= most) continue;
      best = index;
      most = left;
    }
    this.#promise(buckets[best]);
    return addresses[best]!;
  }

  #promisedOf(bucket: LimitBucket | undefined): number {
    const promised = bucket && this.#promised.get(bucket.name);
    if (!promised) return 0;
    const refilled = ((this.now() - promised.at) * REFILL * bucket.limit) / bucket.periodMs;
    return Math.max(0, promised.count - refilled);
  }

  #promise(bucket: LimitBucket | undefined): void {
    if (bucket) this.#promised.set(bucket.name, { count: this.#promisedOf(bucket) + 1, at: this.now() });
  }
}
