import { isFenceInForce, type RedisClient } from '@heliograph/redis';
import { ORDERS_GROUP } from '../config.ts';
import type { Place } from './campaign.store.ts';

/** The partitions of what is asked of campaigns that this process works on, as far as it knows; their fences know it for sure. */
export class OwnedPartitions {
  private readonly owned = new Map<number, string>();
  private fenceLost: (partition: number) => void = () => undefined;

  constructor(private readonly redis: RedisClient) {}

  /** @param fenceLost has a partition admitted anew; one that belongs to somebody else by now is left alone by that */
  whenLost(fenceLost: (partition: number) => void): void {
    this.fenceLost = fenceLost;
  }

  /** The partition was admitted, and all that is known of it is in Redis. */
  admitted({ partition, fence }: Place): void {
    this.owned.set(partition, fence);
  }

  place(partition: number): Place | undefined {
    const fence = this.owned.get(partition);
    return fence === undefined ? undefined : { partition, fence };
  }

  /** Somebody was refused under this fence. */
  lost({ partition, fence }: Place): void {
    if (this.owned.get(partition) !== fence) return;
    this.owned.delete(partition);
    this.fenceLost(partition);
  }

  /** Finds out whether Redis was lost, also while nobody asks for anything. */
  async look(): Promise<void> {
    for (const [partition, fence] of this.owned) {
      // While Redis cannot be reached nothing can be said; the next look says it.
      const isLost = await isFenceInForce(this.redis, partition, ORDERS_GROUP).then(
        (inForce) => !inForce,
        () => false,
      );
      if (isLost) this.lost({ partition, fence });
    }
  }
}
