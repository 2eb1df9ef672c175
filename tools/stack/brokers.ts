import { rmSync } from 'node:fs';
import {
  allowedWays,
  devFolder,
  splitBrokers,
  startLocalKafka,
  startLocalRedis,
  type ManagedProcess,
  type PlaceOptions,
  type Say,
  type Way,
} from '@heliograph/testing';
import { Compose } from './compose.ts';
import type { Ports } from './ports.ts';

/** Kafka or Redis as the stack sees it. */
export interface StackBroker {
  way: Way;
  /** host:port of Kafka (comma separated where several), URL of Redis. */
  address: string;
  /** Watched by the stack when it is a process of its own. */
  process?: ManagedProcess;
  /** Ends it and keeps its data; does nothing to one that the environment named. */
  stop(): Promise<void>;
}

export interface StackBrokers {
  kafka: StackBroker;
  redis: StackBroker;
}

interface BrokerOptions {
  environment: NodeJS.ProcessEnv;
  /** Drop what earlier starts have stored. */
  fresh: boolean;
  ports: Ports;
  say: Say;
}

const DATA = devFolder('data');
export const PIDS = devFolder('pids');

/** Kafka and Redis for `npm start`: KAFKA_BROKERS and REDIS_URL, else compose where an engine runs, else processes. */
export async function startBrokers(options: BrokerOptions): Promise<StackBrokers> {
  const { KAFKA_BROKERS: brokers, REDIS_URL: url } = options.environment;
  if (options.fresh && (brokers || url)) {
    throw new Error('--fresh cannot empty brokers that KAFKA_BROKERS or REDIS_URL name: leave one or the other out.');
  }
  const compose = brokers && url ? undefined : await findCompose(options.say);
  if (options.fresh) await dropData(compose);
  const started = await Promise.allSettled([
    brokers ? given(splitBrokers(brokers).join(',')) : startKafka(compose, options),
    url ? given(url) : startRedis(compose, options),
  ]);
  const [kafka, redis] = started;
  if (kafka.status === 'fulfilled' && redis.status === 'fulfilled') return { kafka: kafka.value, redis: redis.value };
  for (const one of started) if (one.status === 'fulfilled') await one.value.stop();
  const failed = kafka.status === 'rejected' ? kafka : (redis as PromiseRejectedResult);
  throw failed.reason;
}

async function findCompose(say: Say): Promise<Compose | undefined> {
  const ways = allowedWays();
  if (!ways.includes('docker')) return undefined;
  try {
    return await Compose.find();
  } catch (error) {
    if (!ways.includes('local')) throw error;
    say(`${(error as Error).message}, so Kafka and Redis run as processes of this machine`);
    return undefined;
  }
}

async function dropData(compose: Compose | undefined): Promise<void> {
  rmSync(DATA, { recursive: true, force: true });
  await compose?.dropData();
}

async function startKafka(compose: Compose | undefined, { ports, say }: BrokerOptions): Promise<StackBroker> {
  const inContainer = compose && (await orProcess('Kafka', say, () => compose.startKafka(ports, say)));
  if (inContainer) return inContainer;
  const kafka = await startLocalKafka({ ...place('kafka', say), port: await ports.take('kafka') });
  return { way: 'local', address: kafka.brokers.join(','), process: kafka.process, stop: () => kafka.stop() };
}

async function startRedis(compose: Compose | undefined, { ports, say }: BrokerOptions): Promise<StackBroker> {
  const inContainer = compose && (await orProcess('Redis', say, () => compose.startRedis(ports, say)));
  if (inContainer) return inContainer;
  const redis = await startLocalRedis({ ...place('redis', say), port: await ports.take('redis') });
  return { way: 'local', address: redis.url, process: redis.process, stop: () => redis.stop() };
}

/** A container that cannot be had, for example because no image can be pulled, gives way to a process. */
async function orProcess<T>(what: string, say: Say, start: () => Promise<T>): Promise<T | undefined> {
  try {
    return await start();
  } catch (error) {
    if (!allowedWays().includes('local')) throw error;
    say(`${what}: no container (${(error as Error).message.split('\n')[0]}), so a process of this machine`);
    return undefined;
  }
}

function place(name: string, say: Say): PlaceOptions {
  return { folder: devFolder('data', name), pidFolder: PIDS, say };
}

function given(address: string): Promise<StackBroker> {
  return Promise.resolve({ way: 'given', address, stop: () => Promise.resolve() });
}
