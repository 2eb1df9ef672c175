import { ClaimStore, fenceKey, RedisClient, type Claimed } from '@heliograph/redis';
import { uniqueNamespace } from '@heliograph/testing';
import { CLAIM_ALL, KEPT_MS } from '../bare/bare-redis.ts';
import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { rowOf, type Row } from '../row.ts';
import { figure } from '../table.ts';

const GROUP = 'bench';
const PARTITION = 0;
const DAY_MS = 86_400_000;
/** As many as a service has records in work. */
const AT_ONCE = 256;
const PER_CALL = 100;
const CLAIMS = { full: 40_000, short: 10_000 };

/** Claims ids numbered from `from` on; one call. */
type Claim = (from: number) => Promise<unknown>;

interface Way {
  name: string;
  perCall: number;
  ours: Claim;
  floor: Claim;
}

/** Once-only claims per second over one connection, one id and 100 ids per call; the floor is a bare SET NX of each. */
export async function measureClaims(bench: Bench): Promise<Row[]> {
  const redis = new RedisClient({ url: bench.brokers.redis.url, namespace: uniqueNamespace('bench-claims') });
  const close = bench.ends.add(() => redis.close());
  await redis.whenUp();
  const count = bench.short ? CLAIMS.short : CLAIMS.full;
  const rows: Row[] = [];
  for (const way of await waysOf(redis)) rows.push(await measureWay(bench, way, count));
  await close();
  return rows;
}

async function waysOf(redis: RedisClient): Promise<Way[]> {
  const fence = `${redis.runId}|0.1`;
  await redis.client.set(fenceKey(PARTITION, GROUP), fence, 'PX', KEPT_MS);
  const claims = new ClaimStore(redis, { group: GROUP, keepMs: DAY_MS });
  const requestOf = (id: number) => ({ id: `id-${id}`, origin: `webhook.received.v1/${PARTITION}/${id}` });
  const batch = (from: number): number[] => Array.from({ length: PER_CALL }, (_, index) => from + index);
  return [
    {
      name: 'once-only claims, one per call',
      perCall: 1,
      ours: async (from) => mine([await claims.claim(PARTITION, requestOf(from), fence)]),
      floor: (from) => redis.client.set(`{p0}:floor:${from}`, 'open', 'PX', KEPT_MS, 'NX'),
    },
    {
      name: `once-only claims, ${PER_CALL} per call`,
      perCall: PER_CALL,
      ours: async (from) => mine(await claims.claimMany(PARTITION, batch(from).map(requestOf), fence)),
      floor: (from) =>
        redis.runScript(
          CLAIM_ALL,
          batch(from).map((id) => `{p0}:floor:${id}`),
          [KEPT_MS],
        ),
    },
  ];
}

function mine(claimed: readonly Claimed[]): void {
  if (claimed.some(({ kind }) => kind !== 'go')) throw new Error('a new id was taken for a repeat');
}

async function measureWay(bench: Bench, { name, perCall, ours, floor }: Way, count: number): Promise<Row> {
  let next = 0;
  const rate = async (claim: Claim): Promise<number> => {
    const began = performance.now();
    let left = count / perCall;
    const work = async (): Promise<void> => {
      while (left-- > 0) await claim((next += perCall));
    };
    await Promise.all(Array.from({ length: Math.max(1, AT_ONCE / perCall) }, work));
    return (count * 1000) / (performance.now() - began);
  };
  const both = async (): Promise<{ floor: number; ours: number }> => ({
    floor: await rate(floor),
    ours: await rate(ours),
  });
  const runs = await measuredRuns(both, async (index) => {
    const run = await both();
    bench.say(`claims: ${name}, run ${index} of ${RUNS}: ${figure(run.ours)}/s, floor ${figure(run.floor)}/s`);
    return run;
  });
  return rowOf(
    name,
    '1/s',
    runs.map((run) => run.ours),
    runs.map((run) => run.floor),
  );
}
