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
import { Compose, type ComposeService } from './compose.ts';
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
export async function startBrokers({ environment, fresh, ports, say }: BrokerOptions): Promise<StackBrokers> {
  const { KAFKA_BROKERS: brokers, REDIS_URL: url } = environment;
  if (fresh && (brokers || url)) {
    throw new Error('--fresh cannot empty brokers that KAFKA_BROKERS or REDIS_URL name: leave one or the other out.');
  }
  const given: Partial<StackBrokers> = {
    ...(brokers ? { kafka: named(splitBrokers(brokers).join(',')) } : {}),
    ...(url ? { redis: named(url) } : {}),
  };
  const wanted = (['kafka', 'redis'] as const).filter((name) => !given[name]);
  const compose = wanted.length > 0 ? await findCompose(say) : undefined;
  if (fresh) await dropData(compose);
  const started = compose && (await inContainers(compose, wanted, ports, say));
  return { ...(started ?? (await asProcesses(wanted, ports, say))), ...given } as StackBrokers;
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

/** Containers that cannot be had, for example because no image can be pulled, give way to processes. */
async function inContainers(
  compose: Compose,
  wanted: ComposeService[],
  ports: Ports,
  say: Say,
): Promise<Partial<StackBrokers> | undefined> {
  try {
    const addresses = await compose.start(wanted, ports, say);
    const stop = (name: ComposeService): Promise<void> => compose.stop([name]);
    const broker = (name: ComposeService): StackBroker => ({
      way: 'docker',
      address: addresses[name],
      stop: () => stop(name),
    });
    return Object.fromEntries(wanted.map((name) => [name, broker(name)]));
  } catch (error) {
    await compose.stop(wanted).catch(() => undefined);
    if (!allowedWays().includes('local')) throw error;
    say(`no containers (${(error as Error).message}), so Kafka and Redis run as processes of this machine`);
    return undefined;
  }
}

async function asProcesses(wanted: ComposeService[], ports: Ports, say: Say): Promise<Partial<StackBrokers>> {
  const started = await Promise.allSettled(wanted.map((name) => startProcess(name, ports, say)));
  const failed = started.find((one) => one.status === 'rejected');
  const running = started.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
  if (!failed) return Object.fromEntries(running);
  await Promise.all(running.map(([, broker]) => broker.stop()));
  throw failed.reason;
}

async function startProcess(name: ComposeService, ports: Ports, say: Say): Promise<[ComposeService, StackBroker]> {
  const options = { ...place(name, say), port: await ports.take(name) };
  if (name === 'kafka') {
    const kafka = await startLocalKafka(options);
    return [name, { way: 'local', address: kafka.brokers.join(','), process: kafka.process, stop: () => kafka.stop() }];
  }
  const redis = await startLocalRedis(options);
  return [name, { way: 'local', address: redis.url, process: redis.process, stop: () => redis.stop() }];
}

function place(name: string, say: Say): PlaceOptions {
  return { folder: devFolder('data', name), pidFolder: PIDS, say };
}

/** What the environment named is not ours to stop. */
function named(address: string): StackBroker {
  return { way: 'given', address, stop: () => Promise.resolve() };
}
