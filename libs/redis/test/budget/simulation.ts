import { randomUUID } from 'node:crypto';
import { Unavailable } from '@heliograph/runtime';
import { type Bucket, Budget, budgetEpochKey, budgetKey, BudgetStore, type Grant } from '../../src/index.ts';
import { type Passage, VirtualProcess, type VirtualRedis, VirtualTime } from '../virtual-time/index.ts';
import { excess, type Usable } from './judge.ts';
import type { Fault, Limit, Load, Plan } from './plan.ts';
import { randomFrom } from './random.ts';

/** Faults that are planted to show that the judge finds them. */
export interface Planted {
  readonly edit?: (source: string, name: string) => string;
  readonly processClock?: boolean;
  readonly lateUse?: boolean;
}

/** A pair's interval: short enough for some to be paid back within a plan. */
const PAIR_EVERY_MS = 300;

/** Runs a plan: production budgets and scripts, one process per replica, over a real Redis in virtual time. */
export class Simulation {
  readonly time = new VirtualTime();
  readonly scope = `scope-${randomUUID()}`;
  readonly taken = new Map<Bucket, Usable[]>();
  readonly budgets: readonly Budget[];
  readonly #plan: Plan;
  readonly #planted: Planted;
  readonly #redis: readonly VirtualRedis[];
  readonly #processes: readonly VirtualProcess[];
  readonly #buckets = new Map<string, Bucket>();
  readonly #random: () => number;
  readonly #lengthMs: number;
  #slowUntil = 0;

  constructor(plan: Plan, connections: readonly VirtualRedis[], planted: Planted = {}) {
    this.#plan = plan;
    this.#planted = planted;
    this.#random = randomFrom(plan.seed);
    const { tenant, numbers } = plan.limits;
    this.#lengthMs = 2 * Math.max(tenant.periodMs, ...numbers.map(({ periodMs }) => periodMs));
    this.#processes = plan.offsetsMs.map((offsetMs) => new VirtualProcess(this.time, 400_000 + offsetMs));
    this.#redis = this.#processes.map((process, index) => {
      const clock = planted.processClock ? () => this.time.now + plan.offsetsMs[index]! : undefined;
      return connections[index]!.enter(process, {
        edit: planted.edit,
        clock,
        passage: () => this.#passage(),
        timeoutMs: 150,
      });
    });
    this.budgets = this.#processes.map(
      (clock, index) => new Budget(new BudgetStore(this.#redis[index]!, this.scope), { clock, random: this.#random }),
    );
  }

  /** @returns how many grants could be used */
  async run(): Promise<number> {
    const { loads, faults, idleFirst } = this.#plan;
    for (const load of loads) this.time.at(this.#moment(load.at), () => this.#load(load));
    for (const fault of faults) this.time.at(this.#moment(fault.at), () => this.#break(fault));
    if (idleFirst) await this.#idle();
    await this.time.runUntil(this.time.now + this.#lengthMs + 400);
    for (const budget of this.budgets) budget.close();
    await this.time.runUntil(this.time.now + 2_500);
    await this.#forget();
    let used = 0;
    for (const grants of this.taken.values()) used = Math.max(used, grants.length);
    return used;
  }

  #moment(part: number): number {
    return this.time.now + part * this.#lengthMs;
  }

  #load({ replica, number, contact, priority, count }: Load): void {
    const process = this.#of(this.#processes, replica);
    const buckets = [this.#bucket('tenant', this.#plan.limits.tenant), this.#number(number)];
    if (contact > 0) buckets.push(this.#pair(number, contact));
    for (let i = 0; i < count; i++) {
      const use = (grant: Grant): void => this.#use(process, buckets, grant);
      const granted = this.#of(this.budgets, replica).take({ buckets, priority });
      const used = granted.then((grant) => process.run(this.time.now + 180 * this.#random() ** 3, () => use(grant)));
      this.time.watch(used.catch(unlessUnavailable));
    }
  }

  /** Just before its first byte a request looks at its deadline. It arrives then, or later until the deadline. */
  #use(process: VirtualProcess, buckets: readonly Bucket[], { deadline, use }: Grant): void {
    const leftMs = deadline - process.now();
    if (leftMs < 0 && !this.#planted.lateUse) return;
    use();
    const usable = { from: this.time.now, to: this.time.now + Math.max(0, leftMs) };
    for (const bucket of buckets) {
      const grants = this.taken.get(bucket);
      if (grants) grants.push(usable);
      else this.taken.set(bucket, [usable]);
    }
  }

  #break(fault: Fault): void {
    const budget = this.#of(this.budgets, fault.replica);
    const tenant = this.#bucket('tenant', this.#plan.limits.tenant);
    if (fault.kind === 'stall') this.#of(this.#processes, fault.replica).stall(fault.ms);
    else if (fault.kind === 'slow') this.#slowUntil = this.time.now + fault.ms;
    else if (fault.kind === 'flush') this.time.watch(this.#forget());
    else if (fault.kind === 'throttle') this.time.watch(budget.slowDown(tenant).catch(unlessUnavailable));
    else if (fault.kind === 'pause') this.time.watch(budget.pauseFor(fault.ms, tenant).catch(unlessUnavailable));
    else if (fault.kind === 'observe') budget.observeRemaining(this.#number(0), fault.left, fault.resetMs);
  }

  /** Usually quick; sometimes slower than a grant lives; sometimes lost. */
  #passage(): Passage {
    const odd = this.#random();
    const lost = odd < 0.004 ? 'request' : odd < 0.008 ? 'answer' : undefined;
    const mostMs = this.time.now < this.#slowUntil ? 200 : odd < 0.06 ? 60 : 1.5;
    return { thereMs: mostMs * this.#random(), backMs: mostMs * this.#random(), lost };
  }

  #number(number: number): Bucket {
    const { numbers } = this.#plan.limits;
    return this.#bucket(`number:${number % numbers.length}`, this.#of(numbers, number));
  }

  #pair(number: number, contact: number): Bucket {
    const { numbers, borrow } = this.#plan.limits;
    return this.#bucket(`pair:${number % numbers.length}:${contact}`, { limit: 1, periodMs: PAIR_EVERY_MS, borrow });
  }

  #bucket(name: string, limit: Limit & { borrow?: number }): Bucket {
    let bucket = this.#buckets.get(name);
    if (!bucket) {
      const { campaignShare } = this.#plan;
      this.#buckets.set(name, (bucket = { name, ...limit, ...(name === 'tenant' ? { campaignShare } : {}) }));
    }
    return bucket;
  }

  #of<T>(all: readonly T[], index: number): T {
    return all[index % all.length]!;
  }

  /** Everything looks as if nothing had been taken for long. */
  async #idle(): Promise<void> {
    const redis = this.#redis[0]!;
    const work = [redis.client.set(budgetEpochKey(this.scope), `${redis.runId} 1`) as Promise<unknown>];
    for (const name of ['tenant', 'number:0', 'number:1', 'number:2']) {
      work.push(redis.client.hset(budgetKey(this.scope, name), 'run', redis.runId!, 'virtual', 1));
    }
    await this.time.hold(Promise.all(work));
  }

  async #forget(): Promise<void> {
    const keys = ['tenant', 'number:0', 'number:1', 'number:2', ...this.#buckets.keys()];
    await this.time.hold(
      this.#redis[0]!.client.del(budgetEpochKey(this.scope), ...keys.map((name) => budgetKey(this.scope, name))),
    );
  }
}

/** Runs plans side by side. @returns how many grants were used, and the first limit that more could arrive than */
export async function runAbreast(
  all: readonly Plan[],
  connections: readonly (readonly VirtualRedis[])[],
  planted?: Planted,
): Promise<{ used: number; found: string | undefined }> {
  const simulations = all.map((plan, index) => new Simulation(plan, connections[index]!, planted));
  const used = await Promise.all(simulations.map((simulation) => simulation.run()));
  const found = simulations.flatMap(({ taken }, index) =>
    [...taken].flatMap(([bucket, grants]) => {
      const wrong = excess(bucket, grants);
      return wrong === undefined ? [] : `${wrong}, by the plan ${JSON.stringify(all[index])}`;
    }),
  );
  return { used: used.reduce((sum, one) => sum + one, 0), found: found[0] };
}

function unlessUnavailable(error: unknown): void {
  if (!(error instanceof Unavailable)) throw error;
}
