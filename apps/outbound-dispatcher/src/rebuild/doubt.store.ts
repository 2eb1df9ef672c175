import type { Delivery } from '@heliograph/kafka';
import { partitionKey, type RedisClient } from '@heliograph/redis';

interface Doubt {
  /** By topic: commands below this offset were there when the loss of Redis was noticed. */
  readonly below: Readonly<Record<string, number>>;
  /** When it was noticed, milliseconds of Redis' clock. */
  readonly since: number;
}

/** Which commands were read before Redis was lost. Kept in Redis, so that it outlives the process that did the rebuild. */
export class DoubtStore {
  private readonly doubts = new Map<number, Doubt>();

  constructor(
    private readonly redis: RedisClient,
    private readonly group: string,
  ) {}

  async record(partition: number, doubt: Doubt): Promise<void> {
    await this.redis.call((client) => client.set(this.key(partition), JSON.stringify(doubt)));
    this.doubts.set(partition, doubt);
  }

  /** Reads what an earlier owner recorded; called before the lanes of the partition run. */
  async load(partition: number): Promise<void> {
    const stored = await this.redis.call((client) => client.get(this.key(partition)));
    if (stored === null) this.doubts.delete(partition);
    else this.doubts.set(partition, JSON.parse(stored) as Doubt);
  }

  /** For the ledger: since when the command of this delivery is in doubt if it has no entry; undefined when it is not. */
  since({ topic, partition, offset }: Delivery): number | undefined {
    const doubt = this.doubts.get(partition);
    return doubt && offset < (doubt.below[topic] ?? 0) ? doubt.since : undefined;
  }

  private key(partition: number): string {
    return partitionKey(partition, 'doubt', this.group);
  }
}
