import { Budget, budgetEpochKey, BudgetStore, RedisClient, type Demand } from '@heliograph/redis';
import { uniqueNamespace } from '@heliograph/testing';
import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { rowOf, type Row } from '../row.ts';
import { figure } from '../table.ts';

/** So many take one after the other, each the next once it has one. */
const TAKERS = 64;
const RUN_MS = { full: 3_000, short: 1_000 };

/** Far above what can be taken: the limit is not what is measured. */
const wide = (name: string) => ({ name, limit: 10_000_000, periodMs: 1_000 });
const DEMAND: Demand = {
  buckets: [wide('tenant'), wide('client:bench'), wide('number:bench')],
  priority: 'transactional',
};

/**
 * Tokens granted per second by the budget of one process, each from three buckets that everybody wants. Its floor is one bare
 * INCR per token, by as many takers over the same connection: what a counter without any promise costs.
 */
export async function measureBudget(bench: Bench): Promise<Row[]> {
  const redis = new RedisClient({ url: bench.brokers.redis.url, namespace: uniqueNamespace('bench-budget') });
  const stop = bench.ends.add(() => redis.close());
  await redis.whenUp();
  const budget = new Budget(new BudgetStore(redis, 'bench'));
  const runMs = bench.short ? RUN_MS.short : RUN_MS.full;
  const granted = () => perSecond(runMs, async () => (await budget.take(DEMAND)).use());
  const counted = () => perSecond(runMs, () => redis.client.incr('{b:bench}:counter'));
  bench.say('budget: warming up');
  const warmUp = async (): Promise<void> => {
    await counted();
    await granted();
  };
  const runs = await measuredRuns(warmUp, async (index) => {
    const run = { floor: await counted(), granted: await granted() };
    bench.say(`budget: run ${index} of ${RUNS}: ${figure(run.granted)}/s, floor ${figure(run.floor)}/s`);
    return run;
  });
  budget.close();
  await redis.client.del('{b:bench}:counter', budgetEpochKey('bench'));
  await stop();
  const of = (what: 'granted' | 'floor') => runs.map((run) => run[what]);
  return [rowOf('budget tokens granted', '1/s', of('granted'), of('floor'))];
}

async function perSecond(ms: number, take: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  const end = started + ms;
  let taken = 0;
  const taker = async (): Promise<void> => {
    while (performance.now() < end) {
      await take();
      taken++;
    }
  };
  await Promise.all(Array.from({ length: TAKERS }, taker));
  return (taken / (performance.now() - started)) * 1_000;
}
