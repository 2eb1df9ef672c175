import { mkdirSync } from 'node:fs';
import {
  devFolder,
  dropTopics,
  freePort,
  SERVICE_NAMES,
  startService,
  uniqueNamespace,
  waitUntilReady,
  writeSystemFiles,
  type ManagedProcess,
  type ServiceName,
  type Settings,
  type SystemContext,
} from '@heliograph/testing';
import type { Bench } from './bench.ts';
import { cpuSeconds } from './cpu.ts';
import { residentMiB } from './memory.ts';

export const PIDS = devFolder('bench', 'pids');
/** Far above what is sent here, so that the provider's limit is not what is measured: 80 % of it are 8,000 a second. */
const WIDE_LIMIT = { requests: 600_000, perSeconds: 60 };
/** One per message. */
const RECEIPTS = [{ status: 'delivered', afterMs: 60 }];
/** Longer than the services' own SHUTDOWN_GRACE_MS of 20 s. */
const STOP_GRACE_MS = 25_000;

/** For services that are held while a topic is filled: the group must not give their partitions away meanwhile. */
export const HELD: Settings = { SESSION_TIMEOUT_MS: '120000' };

/** Services as real processes on the brokers of the run, in a namespace of its own. */
export class BenchSystem {
  readonly context: SystemContext;
  readonly brokers: string[];
  /** Of the logs. */
  readonly folder: string;
  /** Stops the services and removes the topics. */
  readonly stop: () => Promise<void>;
  readonly #running = new Map<ServiceName, ManagedProcess>();

  private constructor(context: SystemContext, { brokers, ends }: Bench, folder: string) {
    this.context = context;
    this.brokers = brokers.kafka.brokers;
    this.folder = folder;
    this.stop = ends.add(async () => {
      await this.stopServices();
      await dropTopics(this.brokers, context.namespace);
    });
  }

  /** Names, addresses and files; nothing runs yet. */
  static async prepare(bench: Bench, name: string): Promise<BenchSystem> {
    const namespace = uniqueNamespace(`bench-${name}`);
    const folder = devFolder('bench', namespace.slice(0, -1));
    mkdirSync(folder, { recursive: true });
    const addresses = await freeAddresses();
    const files = writeSystemFiles({
      folder,
      ingressAddress: addresses['ingress-webhooks'],
      simulatorAddress: addresses['provider-simulator'],
      limit: WIDE_LIMIT,
      webhook: { receipts: RECEIPTS },
    });
    const { kafka, redis } = bench.brokers;
    const context = { kafkaBrokers: kafka.brokers.join(','), redisUrl: redis.url, namespace, addresses, files };
    return new BenchSystem(context, bench, folder);
  }

  /**
   * Starts a service, with settings over those that it gets anyway. Resolves with the milliseconds from its spawn until it
   * says that it is ready.
   */
  async start(service: ServiceName, settings: Settings = {}): Promise<number> {
    const { context, folder } = this;
    const address = context.addresses[service];
    const since = performance.now();
    const logFile = `${folder}/${service}.log`;
    const process = await startService({ service, context, address, settings, logFile, pidFolder: PIDS });
    this.#running.set(service, process);
    try {
      await waitUntilReady(process, address);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${process.lastLogLines()}`, { cause: error });
    }
    return performance.now() - since;
  }

  /** The provider first, because others look for it when they start; then all others at once. */
  async startAll(): Promise<void> {
    const [provider, ...others] = SERVICE_NAMES;
    await this.start(provider);
    await Promise.all(others.map((service) => this.start(service)));
  }

  /** @throws Error when the service does not run */
  process(service: ServiceName): ManagedProcess {
    const process = this.#running.get(service);
    if (!process) throw new Error(`${service} does not run`);
    return process;
  }

  pid(service: ServiceName): number {
    return this.process(service).pid;
  }

  /** Processor time that every running service has used so far, in seconds; nothing where the operating system does not tell. */
  cpu(): Map<ServiceName, number> {
    const found = new Map<ServiceName, number>();
    for (const [service, { pid }] of this.#running) {
      const seconds = cpuSeconds(pid);
      if (seconds !== undefined) found.set(service, seconds);
    }
    return found;
  }

  /** Resident memory of every running service in MiB. */
  async memory(): Promise<Map<ServiceName, number>> {
    const found = new Map<ServiceName, number>();
    for (const [service, { pid }] of this.#running) found.set(service, await residentMiB(pid));
    return found;
  }

  /** What a dispatcher waits for: somebody has said once that all is known of who has opted out. */
  async consentIsKnown(): Promise<void> {
    await this.start('session-state');
    await this.process('session-state').stop(STOP_GRACE_MS);
    this.#running.delete('session-state');
  }

  async stopServices(): Promise<void> {
    await Promise.all([...this.#running.values()].map((process) => process.stop(STOP_GRACE_MS)));
    this.#running.clear();
  }
}

async function freeAddresses(): Promise<Record<ServiceName, string>> {
  const ports = new Set<number>();
  while (ports.size < SERVICE_NAMES.length) ports.add(await freePort());
  const pairs = [...ports].map((port, index) => [SERVICE_NAMES[index], `http://127.0.0.1:${port}`]);
  return Object.fromEntries(pairs) as Record<ServiceName, string>;
}
