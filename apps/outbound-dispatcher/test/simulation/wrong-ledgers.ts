import { fenceKey, LedgerStore, type BeginAnswer, type BeginOptions, type RedisClient } from '@heliograph/redis';
import { SERVICE } from '../../src/config.ts';

/** Turns an answer down when the fence has moved on since its attempt began. */
export class FinishIsFenced extends LedgerStore {
  private readonly fences = new Map<string, string>();

  constructor(private readonly client: RedisClient) {
    super(client, { group: SERVICE });
  }

  override begin(partition: number, entryId: string, options: BeginOptions): Promise<BeginAnswer> {
    this.fences.set(entryId, options.fence);
    return super.begin(partition, entryId, options);
  }

  override async finish(...[partition, entryId, ...rest]: Parameters<LedgerStore['finish']>): Promise<boolean> {
    const fence = await this.client.call((client) => client.get(fenceKey(partition, SERVICE)));
    return fence === this.fences.get(entryId) && super.finish(partition, entryId, ...rest);
  }
}

/** Others wait no longer than until the first byte must have left. */
export class ResolvedAtSendBy extends LedgerStore {
  constructor(client: RedisClient) {
    super(client, { group: SERVICE });
  }

  override begin(partition: number, entryId: string, options: BeginOptions): Promise<BeginAnswer> {
    return super.begin(partition, entryId, { ...options, resolveAfterMs: options.sendWithinMs + 1 });
  }
}

/** Each process numbers its attempts from one. */
export class AttemptsCountAgain extends LedgerStore {
  private last = 0;

  constructor(client: RedisClient) {
    super(client, { group: SERVICE });
  }

  override newAttempt(): string {
    return `attempt.${++this.last}`;
  }
}
