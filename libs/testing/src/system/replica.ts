import { join } from 'node:path';
import { devFolder } from '../config.ts';
import type { ManagedProcess } from '../processes/managed-process.ts';
import { startService, waitUntilReady } from './service-process.ts';
import type { ServiceName, Settings, SystemContext } from './services.ts';

export interface ReplicaOptions {
  service: ServiceName;
  index: number;
  context: SystemContext;
  address: string;
  /** Of the logs. */
  folder: string;
  settings: Settings;
}

/** One process of a service: may be killed, frozen and started again at the same address, its log going on. */
export class Replica {
  readonly service: ServiceName;
  readonly name: string;
  readonly address: string;
  readonly #options: ReplicaOptions;
  readonly #logFile: string;
  #process: ManagedProcess | undefined;
  #isWanted = false;

  constructor(options: ReplicaOptions) {
    this.#options = options;
    this.service = options.service;
    this.name = `${options.service}-${options.index}`;
    this.address = options.address;
    this.#logFile = join(options.folder, `${this.name}.log`);
  }

  /** Starts it and waits until it is ready. @throws Error with the end of its log */
  async start(): Promise<void> {
    const { service, context, address, settings } = this.#options;
    const pidFolder = devFolder('test', 'pids');
    const process = await startService({ service, context, address, settings, logFile: this.#logFile, pidFolder });
    this.#process = process;
    this.#isWanted = true;
    try {
      await waitUntilReady(process, address);
    } catch (error) {
      throw new Error(`${(error as Error).message}\n${this.lastLogLines(15)}`, { cause: error });
    }
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.#isWanted = false;
    await this.#process?.kill();
  }

  async crashAndRestart(): Promise<void> {
    await this.kill();
    await this.start();
  }

  /** Asks it to end in order. */
  async stop(graceMs: number): Promise<void> {
    this.#isWanted = false;
    await this.#process?.stop(graceMs);
  }

  /** Takes the processor away from it, as a long pause of its machine would. */
  freeze(): void {
    this.#process?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#process?.signal('SIGCONT');
  }

  /** It was started, nobody here ended it, and it has ended all the same: its own decision, or its own crash. */
  get hasEndedByItself(): boolean {
    return this.#isWanted && this.#process?.ending !== undefined;
  }

  /** Of the process that runs now. @throws Error when it was never started */
  get pid(): number {
    if (!this.#process) throw new Error(`${this.name} was not started`);
    return this.#process.pid;
  }

  async isReady(): Promise<boolean> {
    return (await fetch(`${this.address}/health/ready`)).ok;
  }

  /** Prometheus text of a counter, summed over its labels. */
  async counter(name: string): Promise<number> {
    const text = await (await fetch(`${this.address}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  /** How it ended, when it has: for messages. */
  get state(): string {
    const ending = this.#process?.ending;
    return ending ? ` (ended: ${ending.signal ?? ending.code})` : '';
  }

  lastLogLines(count: number): string {
    return this.#process?.lastLogLines(count) ?? '';
  }
}
