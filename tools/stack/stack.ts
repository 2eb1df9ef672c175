import { mkdirSync } from 'node:fs';
import {
  devFolder,
  endLeftovers,
  SERVICE_NAMES,
  Simulator,
  waitFor,
  waitUntilReady,
  writeSystemFiles,
  type Ending,
  type ManagedProcess,
  type Say,
  type ServiceName,
  type SystemContext,
} from '@heliograph/testing';
import { PIDS, startBrokers, type StackBrokers } from './brokers.ts';
import { Ports } from './ports.ts';
import { startStackService } from './service-process.ts';
import { claimInstance } from './single-instance.ts';
import { removeStack, writeStack, type ServiceAddress, type Stack } from './stack-file.ts';

/** Longer than the services' own SHUTDOWN_GRACE_MS of 20 s, so that their phases come to their end. */
const SERVICE_GRACE_MS = 25_000;
/** Everything that the guides have registered. */
const REGISTRATIONS = ['events', 'messages', 'template-status'];
/** How the simulated provider reviews templates: quick, and slow enough to be watched. */
const REVIEW = { inReviewAfterMs: 1_000, afterMs: 3_000 };
const REGISTERED_WITHIN_MS = 30_000;

export interface StackOptions {
  environment: NodeJS.ProcessEnv;
  fresh: boolean;
  say: Say;
  /** Ends a start that is under way. */
  signal: AbortSignal;
  /** Called when a process ends that nobody asked to end. */
  onDeath: (process: ManagedProcess, ending: Ending) => void;
}

/** The whole system on this machine: brokers, services and their description in `.dev/stack.json`. */
export class RunningStack {
  readonly #options: StackOptions;
  readonly #release: () => void;
  #brokers: StackBrokers | undefined;
  readonly #services: ServiceAddress[] = [];
  /** Of the services, in the order of their start. */
  readonly #processes: ManagedProcess[] = [];
  #stopping = false;
  #description: Stack | undefined;

  private constructor(options: StackOptions, release: () => void) {
    this.#options = options;
    this.#release = release;
  }

  /** @throws AlreadyRunning; Error saying what is missing, or which service did not get ready and why */
  static async start(options: StackOptions): Promise<RunningStack> {
    mkdirSync(devFolder(), { recursive: true });
    const stack = new RunningStack(options, claimInstance(devFolder('start.lock')));
    try {
      await stack.#start();
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  get description(): Stack {
    if (!this.#description) throw new Error('the stack is not started');
    return this.#description;
  }

  async #start(): Promise<void> {
    const { environment, fresh, say, signal } = this.#options;
    const ended = await endLeftovers(PIDS);
    if (ended.length > 0) say(`ended what an earlier start left behind: ${ended.join(', ')}`);
    const ports = new Ports(devFolder('ports.json'));
    const since = performance.now();
    say('starting Kafka and Redis');
    this.#brokers = await startBrokers({ environment, fresh, ports, say });
    signal.throwIfAborted();
    const { kafka, redis } = this.#brokers;
    for (const { process } of [kafka, redis]) if (process) this.#reportDeath(process);
    const took = Math.round(performance.now() - since);
    say(`Kafka ${kafka.address} (${kafka.way}), Redis ${redis.address} (${redis.way}), ${took} ms`);
    const context = await this.#context(ports);
    this.#description = this.#describe(context);
    await this.#startServices(context);
    await this.#waitUntilRegistered(context);
    writeStack(this.#description);
  }

  async #context(ports: Ports): Promise<SystemContext> {
    const addresses = {} as Record<ServiceName, string>;
    for (const name of SERVICE_NAMES) addresses[name] = `http://127.0.0.1:${await ports.take(name)}`;
    return {
      kafkaBrokers: this.#brokers?.kafka.address ?? '',
      redisUrl: this.#brokers?.redis.address ?? '',
      namespace: this.#options.environment.NAMESPACE ?? '',
      addresses,
      files: writeSystemFiles({
        folder: devFolder('config'),
        ingressAddress: addresses['ingress-webhooks'],
        simulatorAddress: addresses['provider-simulator'],
        registrations: REGISTRATIONS,
        review: REVIEW,
      }),
    };
  }

  /** The provider first, because others look for it when they start; then all others at once. */
  async #startServices(context: SystemContext): Promise<void> {
    const [first, ...others] = SERVICE_NAMES;
    await this.#startService(first, context);
    await Promise.all(others.map((name) => this.#startService(name, context)));
  }

  async #startService(name: ServiceName, context: SystemContext): Promise<void> {
    const since = performance.now();
    const address = context.addresses[name];
    const process = await startStackService(name, context);
    this.#processes.push(process);
    try {
      await waitUntilReady(process, address, this.#options.signal);
    } catch (error) {
      throw new Error(`${(error as Error).message}\nlast lines of ${process.logFile}:\n${process.lastLogLines()}`);
    }
    const readyMs = Math.round(performance.now() - since);
    this.#services.push({ name, address, pid: process.pid });
    this.#reportDeath(process);
    this.#options.say(`${name.padEnd(20)} ${address}  ready in ${readyMs} ms`);
  }

  /** The provider tells only whoever is registered, so what happens before is told to nobody. */
  async #waitUntilRegistered({ addresses, files }: SystemContext): Promise<void> {
    const simulator = new Simulator(addresses['provider-simulator'], files);
    const names = await waitFor(
      async () => {
        const { subscriptions, webhooks } = await simulator.registrations();
        const all = [...subscriptions, ...webhooks].map(({ name }) => name);
        return all.length >= REGISTRATIONS.length && all;
      },
      { timeoutMs: REGISTERED_WITHIN_MS, description: 'the ingress is registered at the provider' },
    );
    this.#options.say(`registered at the provider: ${names.join(', ')}`);
  }

  #reportDeath(process: ManagedProcess): void {
    void process.ended.then((ending) => {
      if (!this.#stopping) this.#options.onDeath(process, ending);
    });
  }

  #describe({ namespace, addresses, files }: SystemContext): Stack {
    const { kafka, redis } = this.#brokers as StackBrokers;
    const simulator = addresses['provider-simulator'];
    return {
      pid: process.pid,
      startedAt: new Date().toISOString(),
      namespace,
      kafka: { brokers: kafka.address.split(','), way: kafka.way },
      redis: { url: redis.address, way: redis.way },
      services: this.#services,
      api: { address: addresses['messaging-api'], key: files.apiKey },
      simulator: { address: simulator, control: `${simulator}/control` },
      crm: { address: `${simulator}/crm/v1`, key: files.crmKey },
      accounts: files.accounts,
      logs: devFolder('logs'),
    };
  }

  /** Services first, so that they can write what they hold; then the brokers. Their data stay. */
  async stop(): Promise<void> {
    if (this.#stopping) return;
    this.#stopping = true;
    removeStack();
    await Promise.all(this.#processes.map((process) => process.stop(SERVICE_GRACE_MS)));
    await Promise.all([this.#brokers?.kafka.stop(), this.#brokers?.redis.stop()]);
    this.#release();
  }
}
