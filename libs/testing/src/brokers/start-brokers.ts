import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { allowedWays, devFolder, splitBrokers } from '../config.ts';
import { endLeftovers } from '../processes/pid-files.ts';
import type { PlaceOptions, RunningKafka, RunningKafkaCluster, RunningRedis, Say, Way } from './controls.ts';
import { startLocalKafka, startLocalKafkaCluster } from './local-kafka.ts';
import { startLocalRedis } from './local-redis.ts';

/** The Kafka and Redis of a test run. */
export interface TestBrokers {
  readonly kafka: { readonly way: Way; readonly brokers: string[] };
  readonly redis: { readonly way: Way; readonly url: string };
  /** Stops what was started here; what the environment named stays. */
  stop(): Promise<void>;
}

const TEST_PIDS = devFolder('test', 'pids');
const silent: Say = () => undefined;

/**
 * One Kafka and one Redis for a whole test run, in the order: HELIOGRAPH_TEST_KAFKA and HELIOGRAPH_TEST_REDIS,
 * containers where a Docker engine runs, processes of this machine.
 */
export async function startTestBrokers(environment: NodeJS.ProcessEnv, say: Say): Promise<TestBrokers> {
  const ended = await endLeftovers(TEST_PIDS);
  if (ended.length > 0) say(`ended what an earlier test run left behind: ${ended.join(', ')}`);
  const { HELIOGRAPH_TEST_KAFKA: brokers, HELIOGRAPH_TEST_REDIS: url } = environment;
  const started = await Promise.allSettled([
    brokers ? given({ brokers: splitBrokers(brokers) }) : startPrivateKafka(say),
    url ? given({ url }) : startPrivateRedis(say),
  ]);
  const [kafka, redis] = started;
  const stop = async (): Promise<void> => {
    await Promise.all(started.filter((one) => one.status === 'fulfilled').map(({ value }) => value.stop()));
  };
  if (kafka.status === 'fulfilled' && redis.status === 'fulfilled') {
    return { kafka: kafka.value, redis: redis.value, stop };
  }
  await stop();
  throw kafka.status === 'rejected' ? kafka.reason : (redis as PromiseRejectedResult).reason;
}

/** What the environment names is not ours to stop. */
function given<T extends object>(address: T): Promise<T & { way: 'given'; stop: () => Promise<void> }> {
  return Promise.resolve({ ...address, way: 'given', stop: () => Promise.resolve() });
}

/** A Kafka that belongs to one test alone, so that it may be killed, frozen or filled. Stop it in the end. */
export function startPrivateKafka(say: Say = silent): Promise<RunningKafka> {
  return inOrder('Kafka', say, {
    docker: async () => (await containers()).startKafkaContainer(say),
    local: () => startLocalKafka(temporaryPlace('kafka', say)),
  });
}

/** A Redis that belongs to one test alone, so that it may be killed, frozen or flushed. Stop it in the end. */
export function startPrivateRedis(say: Say = silent): Promise<RunningRedis> {
  return inOrder('Redis', say, {
    docker: async () => (await containers()).startRedisContainer(say),
    local: () => startLocalRedis(temporaryPlace('redis', say)),
  });
}

/**
 * Three Kafka nodes that belong to one test alone, as processes of this machine: what their loss is about does not depend on
 * how they are packed. Stop them in the end.
 *
 * @throws Error when Java or Maven is missing
 */
export function startPrivateKafkaCluster(say: Say = silent): Promise<RunningKafkaCluster> {
  return startLocalKafkaCluster(temporaryPlace('kafka-cluster', say));
}

let leftoverContainers: Promise<number> | undefined;

/** Loaded on use: Testcontainers takes a second to load. Leftovers are ours to remove, so its own reaper image is not needed. */
async function containers(): Promise<typeof import('./containers.ts')> {
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  leftoverContainers ??= import('./container-broker.ts').then((module) => module.removeLeftoverContainers());
  await leftoverContainers;
  return import('./containers.ts');
}

async function inOrder<T>(what: string, say: Say, ways: Record<'docker' | 'local', () => Promise<T>>): Promise<T> {
  const allowed = allowedWays();
  for (const way of allowed) {
    try {
      return await ways[way]();
    } catch (error) {
      if (way === allowed.at(-1)) throw error;
      say(`${what}: no container (${firstLine(error)}), so a process of this machine`);
    }
  }
  throw new Error(`no way to start ${what} is allowed`);
}

function temporaryPlace(name: string, say: Say): PlaceOptions {
  const folder = devFolder('test', `${name}-${process.pid}-${randomBytes(4).toString('hex')}`);
  rmSync(folder, { recursive: true, force: true });
  return { folder, pidFolder: TEST_PIDS, say, temporary: true };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
