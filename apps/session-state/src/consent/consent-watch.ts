import { CONSENT_GROUP } from '@heliograph/consent';
import { isFenceInForce, type RedisClient } from '@heliograph/redis';

export interface ConsentWatchOptions {
  readonly redis: RedisClient;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
}

/**
 * Notices that Redis has lost where contacts stand, also while nobody says anything: everything that is to be sent waits until it
 * was brought back.
 */
export class ConsentWatch {
  private readonly owned = new Set<number>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: ConsentWatchOptions) {}

  /** The partition was admitted, and all that is known of it is there. */
  owns(partition: number): void {
    this.owned.add(partition);
  }

  /** @param fenceLost has the partition admitted anew; one that belongs to somebody else by now is left alone by that */
  start(fenceLost: (partition: number) => void): void {
    const again = (): void => {
      this.timer = setTimeout(() => {
        this.running = this.look(fenceLost).finally(() => this.timer && again());
      }, this.options.everyMs);
    };
    again();
  }

  /** Waits for the look that is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.running;
  }

  private async look(fenceLost: (partition: number) => void): Promise<void> {
    for (const partition of this.owned) {
      // While Redis cannot be reached nothing can be said; the next look says it.
      const isLost = await isFenceInForce(this.options.redis, partition, CONSENT_GROUP).then(
        (inForce) => !inForce,
        () => false,
      );
      if (!isLost) continue;
      this.owned.delete(partition);
      fenceLost(partition);
    }
  }
}
