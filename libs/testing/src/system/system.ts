import { mkdirSync } from 'node:fs';
import { devFolder, testKafkaBrokers, testRedisUrl, uniqueNamespace } from '../config.ts';
import { freePort } from '../processes/free-port.ts';
import { dropTopics } from '../topic-writer.ts';
import { CampaignsApi } from '../witnesses/campaigns-api.ts';
import { MessagingApi } from '../witnesses/messaging-api.ts';
import { SimulatedTemplates } from '../witnesses/simulated-templates.ts';
import { Simulator } from '../witnesses/simulator.ts';
import { TemplateRegistryApi } from '../witnesses/template-registry.ts';
import { Replica } from './replica.ts';
import { SERVICE_NAMES, type ServiceName, type Settings, type SystemContext } from './services.ts';
import { writeSystemFiles, type SystemFilesOptions } from './system-files.ts';

/** Few, so that a small machine can have many systems on one broker; more than one, so that there is something to share out. */
const PARTITIONS = 6;
/** The smallest session time-out that Kafka allows: a killed consumer is missed soon. */
const GROUP_SETTINGS: Settings = {
  CONVERSATION_PARTITIONS: String(PARTITIONS),
  SESSION_TIMEOUT_MS: '6000',
  HEARTBEAT_MS: '500',
  SHUTDOWN_GRACE_MS: '5000',
};
/** Every service once. */
export const ONE_OF_EACH: Partial<Record<ServiceName, number>> = Object.fromEntries(
  SERVICE_NAMES.map((service) => [service, 1]),
);
const STOP_GRACE_MS = 7_000;
/** Of the account, where a test sets none: 200 a second with few at once, which a small machine can follow. */
const HIGH_LIMIT = { requests: 250, perSeconds: 1 };

export interface SystemOptions extends Omit<SystemFilesOptions, 'folder' | 'ingressAddress' | 'simulatorAddress'> {
  /** Begins its namespace. */
  name: string;
  /** Which services run, and how many of each; one of every when absent. {@link ONE_OF_EACH} can be spread into it. */
  services?: Partial<Record<ServiceName, number>>;
  /** The shared one of the test run when absent. */
  kafkaBrokers?: readonly string[];
  /** The shared one of the test run when absent. */
  redisUrl?: string;
  /** Over those that every replica of the system gets. */
  settings?: Settings;
  /** Over both, for one service. */
  settingsOf?: Partial<Record<ServiceName, Settings>>;
  /** Below the development folder, for files and logs. */
  area?: string;
}

/**
 * The whole pipeline as real processes on Kafka and Redis, in a namespace of its own. Everything ends with {@link stop}, or
 * with the process that started it.
 */
export class System {
  readonly namespace: string;
  readonly partitions = PARTITIONS;
  readonly brokers: string[];
  readonly context: SystemContext;
  readonly simulator: Simulator;
  readonly api: MessagingApi;
  readonly campaigns: CampaignsApi;
  readonly registry: TemplateRegistryApi;
  /** The provider's reviewers. */
  readonly reviewers: SimulatedTemplates;
  /** Logs of the services, kept after the run. */
  readonly folder: string;
  readonly #options: SystemOptions;
  readonly #replicas = new Map<ServiceName, Replica[]>();

  private constructor(namespace: string, folder: string, context: SystemContext, options: SystemOptions) {
    this.namespace = namespace;
    this.folder = folder;
    this.context = context;
    this.brokers = context.kafkaBrokers.split(',');
    this.#options = options;
    const { addresses, files } = context;
    this.simulator = new Simulator(addresses['provider-simulator'], files);
    this.api = new MessagingApi(addresses['messaging-api'], files.apiKey);
    this.campaigns = new CampaignsApi(addresses['messaging-api'], files.apiKey);
    this.registry = new TemplateRegistryApi(addresses['template-registry'], files.apiKey);
    this.reviewers = new SimulatedTemplates(addresses['provider-simulator'], files.accounts[0]!.id);
  }

  /** @throws Error naming the service that did not get ready, with the end of its log */
  static async start(options: SystemOptions): Promise<System> {
    const { name, services = ONE_OF_EACH, area = 'e2e' } = options;
    const namespace = uniqueNamespace(name);
    const folder = devFolder(area, namespace.slice(0, -1));
    mkdirSync(folder, { recursive: true });
    const addresses = await freeAddresses();
    const files = writeSystemFiles({
      limit: HIGH_LIMIT,
      ...options,
      folder,
      ingressAddress: addresses['ingress-webhooks'],
      simulatorAddress: addresses['provider-simulator'],
    });
    const kafkaBrokers = (options.kafkaBrokers ?? testKafkaBrokers()).join(',');
    const redisUrl = options.redisUrl ?? testRedisUrl();
    const context = { kafkaBrokers, redisUrl, namespace, addresses, files };
    const system = new System(namespace, folder, context, options);
    try {
      await system.#start(services);
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  /** A running or stopped process of a service. @throws Error when the system has no such replica */
  replica(service: ServiceName, index = 0): Replica {
    const replica = this.#replicas.get(service)?.[index];
    if (!replica) throw new Error(`${this.namespace} has no ${service} ${index}`);
    return replica;
  }

  /** Every process of a service, in the order of their indices. */
  replicasOf(service: ServiceName): readonly Replica[] {
    return this.#replicas.get(service) ?? [];
  }

  /** Every process of every service. */
  get replicas(): readonly Replica[] {
    return this.#all();
  }

  /** One more replica of a service, not started yet. */
  async addReplica(service: ServiceName): Promise<Replica> {
    const replicas = this.#replicas.get(service) ?? [];
    const replica = await this.#prepare(service, replicas.length);
    this.#replicas.set(service, [...replicas, replica]);
    return replica;
  }

  /** The name of a topic in this system's namespace. */
  topic(definition: { readonly name: string }): string {
    return `${this.namespace}${definition.name}`;
  }

  /** Runs a test; when it fails, its error carries the end of every service's log. */
  async watch<T>(test: () => Promise<T>): Promise<T> {
    try {
      return await test();
    } catch (error) {
      if (error instanceof Error) error.message += `\n\n${this.lastLogLines()}\nlogs: ${this.folder}`;
      throw error;
    }
  }

  lastLogLines(count = 6): string {
    return this.#all()
      .map((replica) => `${replica.name}${replica.state}:\n${replica.lastLogLines(count)}`)
      .join('\n');
  }

  /** Ends every process and removes the topics. Logs stay. */
  async stop(): Promise<void> {
    await Promise.all(this.#all().map((replica) => replica.stop(STOP_GRACE_MS)));
    await dropTopics(this.brokers, this.namespace);
  }

  #all(): Replica[] {
    return [...this.#replicas.values()].flat();
  }

  /** The provider first, because others look for it when they start; then all others at once. */
  async #start(services: Partial<Record<ServiceName, number>>): Promise<void> {
    for (const [service, count = 0] of Object.entries(services) as [ServiceName, number | undefined][]) {
      const replicas = await Promise.all(Array.from({ length: count }, (_, index) => this.#prepare(service, index)));
      this.#replicas.set(service, replicas);
    }
    const all = this.#all();
    const isProvider = ({ service }: Replica): boolean => service === 'provider-simulator';
    for (const group of [all.filter(isProvider), all.filter((replica) => !isProvider(replica))]) {
      await Promise.all(group.map((replica) => replica.start()));
    }
  }

  async #prepare(service: ServiceName, index: number): Promise<Replica> {
    const { context, folder } = this;
    const { settings, settingsOf } = this.#options;
    const address = index === 0 ? context.addresses[service] : `http://127.0.0.1:${await freePort()}`;
    const all = { ...GROUP_SETTINGS, ...settings, ...settingsOf?.[service] };
    return new Replica({ service, index, context, address, folder, settings: all });
  }
}

async function freeAddresses(): Promise<Record<ServiceName, string>> {
  const ports = new Set<number>();
  while (ports.size < SERVICE_NAMES.length) ports.add(await freePort());
  const taken = [...ports];
  return Object.fromEntries(
    SERVICE_NAMES.map((service, index) => [service, `http://127.0.0.1:${taken[index]}`]),
  ) as Record<ServiceName, string>;
}
