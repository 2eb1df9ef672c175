import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { Asking, BeginAnswer, BeginOptions, Begun, RedisClient, Resolved, Waiting } from '../src/index.ts';
import { FencedGate, LedgerStore, partitionKey } from '../src/index.ts';
import { until } from './private-redis.ts';
import { connectRedis } from './shared-redis.ts';

/** Short enough to wait for. */
export const SOON = 20;

/** A message of its own per test, on a partition whose fence is held in generation 1. */
export class LedgerFixture {
  readonly partition = 7;
  redis!: RedisClient;
  ledger!: LedgerStore;
  gate!: FencedGate;
  group!: string;
  fence!: string;
  id!: string;

  /** Call in the body of a spec file. */
  static use(): LedgerFixture {
    const fixture = new LedgerFixture();
    beforeAll(async () => {
      fixture.redis = await connectRedis();
    });
    afterAll(() => fixture.redis.close());
    beforeEach(async () => {
      fixture.group = `g-${randomUUID()}`;
      fixture.id = `message-${randomUUID()}`;
      fixture.ledger = new LedgerStore(fixture.redis, { group: fixture.group });
      fixture.gate = new FencedGate(fixture.redis, { group: fixture.group });
      fixture.fence = await fixture.gate.admit(fixture.partition, 1);
    });
    return fixture;
  }

  get key(): string {
    return partitionKey(this.partition, 'ledger', this.id);
  }

  begin(options: Partial<BeginOptions> = {}): Promise<BeginAnswer> {
    const usual = { fence: this.fence, sendWithinMs: 5, resolveAfterMs: 60_000, resends: 1 };
    return this.ledger.begin(this.partition, this.id, { ...usual, ...options });
  }

  async begun(options: Partial<BeginOptions> = {}): Promise<Begun> {
    const answer = await this.begin(options);
    if (answer.kind !== 'begun') throw new Error(`not begun: ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Leaves an attempt behind that nobody finished and whose resolve-after has passed. */
  async leaveUnknown(options: Partial<BeginOptions> = {}): Promise<Begun> {
    const attempt = await this.begun({ resolveAfterMs: SOON, ...options });
    const due = Number(await this.redis.client.hget(this.key, 'until'));
    await until('resolve-after has passed', async () => (await this.redis.time()) >= due);
    return attempt;
  }

  finish(attempt: string, state: 'confirmed' | 'rejected' | 'retryable', result?: string): Promise<boolean> {
    return this.ledger.finish(this.partition, this.id, attempt, state, result);
  }

  refuse(
    result = 'too late',
    options: { doubtfulSince?: number; resolveAfterMs?: number; asked?: string } = {},
  ): Promise<Waiting | Asking | Resolved> {
    return this.ledger.refuse(this.partition, this.id, {
      fence: this.fence,
      resolveAfterMs: 60_000,
      result,
      ...options,
    });
  }
}
