import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type Bucket, Budget, budgetEpochKey, budgetKey, BudgetStore, type Demand } from '../../src/index.ts';
import { randomFrom } from './random.ts';
import { type Passage, VirtualProcess, VirtualRedis, VirtualTime } from '../virtual-time/index.ts';

/** What somebody got, milliseconds of virtual time. */
export interface Got {
  readonly asked: number;
  readonly at: number;
  readonly deadline: number;
  readonly by: string;
}

const REPLICAS = 3;

/** The budgets of one scope in three processes, over a real Redis in virtual time. A new scope and a new time per test. */
export class BudgetFixture {
  time!: VirtualTime;
  scope!: string;
  processes!: VirtualProcess[];
  stores!: BudgetStore[];
  budgets!: Budget[];
  /** Everything that was granted, in order. */
  got!: Got[];
  /** Calls of scripts. */
  calls!: number;
  passage!: Passage;
  /** For jitter; the same in every run. */
  random!: () => number;
  redis!: VirtualRedis[];
  readonly #far = new Map<number, Passage>();

  /** Call in the body of a spec file. */
  static use(): BudgetFixture {
    const fixture = new BudgetFixture();
    beforeAll(async () => {
      const namespace = `test-${randomUUID()}:`;
      const replicas = Array.from({ length: REPLICAS }, () => VirtualRedis.connect(namespace));
      fixture.redis = await Promise.all(replicas);
    });
    beforeEach(() => fixture.#begin());
    afterEach(() => {
      for (const budget of fixture.budgets) budget.close();
    });
    afterAll(() => Promise.all(fixture.redis.map((redis) => redis.close())));
    return fixture;
  }

  get budget(): Budget {
    return this.budgets[0]!;
  }

  get now(): number {
    return this.time.now;
  }

  #begin(): void {
    this.time = new VirtualTime();
    this.scope = `scope-${randomUUID()}`;
    this.got = [];
    this.calls = 0;
    this.passage = { thereMs: 0.2, backMs: 0.2 };
    this.random = randomFrom(1);
    this.#far.clear();
    this.processes = this.redis.map((_, index) => new VirtualProcess(this.time, 1_000_000 * index));
    this.stores = this.redis.map((redis, index) => {
      const passage = (): Passage => {
        this.calls++;
        return this.#far.get(index) ?? this.passage;
      };
      return new BudgetStore(redis.enter(this.processes[index]!, { passage }), this.scope);
    });
    this.budgets = this.stores.map(
      (store, index) => new Budget(store, { clock: this.processes[index], random: () => this.random() }),
    );
  }

  /** One process' way to Redis is longer. */
  farAway(replica: number, passage: Passage): void {
    this.#far.set(replica, passage);
  }

  /** Makes buckets look as if nothing had been taken for long, and Redis as if it had never been lost. */
  async idle(...buckets: Bucket[]): Promise<void> {
    const { client, runId } = this.redis[0]!;
    await client.set(budgetEpochKey(this.scope), `${runId} 1`);
    for (const { name } of buckets) await client.hset(this.key(name), 'run', runId!, 'virtual', 1);
  }

  key(bucket: string): string {
    return budgetKey(this.scope, bucket);
  }

  /** Somebody waits, and what he gets is noted. */
  take(demand: Demand, { replica = 0, by = '', signal }: { replica?: number; by?: string; signal?: AbortSignal } = {}) {
    const asked = this.now;
    const granted = this.budgets[replica]!.take(demand, { signal }).then(({ deadline, use }) => {
      use();
      this.got.push({ asked, at: this.now, deadline: this.now + deadline - this.processes[replica]!.now(), by });
    });
    this.time.watch(granted.catch(() => undefined));
    return granted;
  }

  /** So many wait at any time from now on. */
  saturate(demand: Demand, waiters: number, options: { replica?: number; by?: string } = {}): void {
    const again = (): void => void this.take(demand, options).then(again, () => undefined);
    for (let i = 0; i < waiters; i++) again();
  }

  runFor(ms: number): Promise<void> {
    return this.time.runUntil(this.now + ms);
  }

  /** Lets time pass until something has come of it. */
  async outcome<T>(work: Promise<T>, withinMs = 60_000): Promise<T> {
    let done = false;
    const settled = work.finally(() => (done = true));
    settled.catch(() => undefined);
    for (const end = this.now + withinMs; !done && this.now < end;) await this.runFor(1);
    if (!done) throw new Error(`nothing came of it within ${withinMs} ms`);
    return settled;
  }

  /** How many somebody got between two moments, in milliseconds since `from`. */
  count(by: string, from = -Infinity, to = Infinity): number {
    return this.got.filter((one) => one.by === by && one.at >= from && one.at < to).length;
  }
}
