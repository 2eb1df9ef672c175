import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { runCommand, succeeds, waitForKafka, waitForRedis, workspaceRoot, type Say } from '@heliograph/testing';
import type { Ports } from './ports.ts';
import type { StackBroker } from './brokers.ts';

const IMAGES = { kafka: 'apache/kafka:4.3.1', redis: 'redis:7-bookworm' } as const;
const PULL_TIMEOUT_MS = 5 * 60_000;
const START_TIMEOUT_MS = 120_000;

type Service = keyof typeof IMAGES;

/** Docker's compose, as far as the development stack uses it. One project per checkout, so that two do not share data. */
export class Compose {
  readonly #command: string[];
  readonly #project: string;

  private constructor(command: string[]) {
    this.#command = command;
    const place = createHash('sha256').update(workspaceRoot()).digest('hex').slice(0, 8);
    this.#project = `heliograph-${place}`;
  }

  /** @throws Error saying what is missing: the engine or compose */
  static async find(): Promise<Compose> {
    if (!(await succeeds('docker', ['info']))) throw new Error('no Docker engine answers');
    if (await succeeds('docker', ['compose', 'version'])) return new Compose(['docker', 'compose']);
    if (await succeeds('docker-compose', ['version'])) return new Compose(['docker-compose']);
    throw new Error('there is no Docker Compose');
  }

  async startKafka(ports: Ports, say: Say): Promise<StackBroker> {
    const port = await this.#portOf('kafka', 9092, ports);
    await this.#up('kafka', { KAFKA_PORT: String(port) }, say);
    const address = `127.0.0.1:${port}`;
    await waitForKafka([address], START_TIMEOUT_MS);
    return { way: 'docker', address, stop: () => this.#stop('kafka') };
  }

  async startRedis(ports: Ports, say: Say): Promise<StackBroker> {
    const port = await this.#portOf('redis', 6379, ports);
    await this.#up('redis', { REDIS_PORT: String(port) }, say);
    const address = `redis://127.0.0.1:${port}`;
    await waitForRedis(address, START_TIMEOUT_MS);
    return { way: 'docker', address, stop: () => this.#stop('redis') };
  }

  /** Removes containers and data of both. */
  async dropData(): Promise<void> {
    await this.#run(['down', '--volumes', '--remove-orphans']);
  }

  /** A container that a killed start left running keeps its port, and is used as it is. */
  async #portOf(service: Service, inside: number, ports: Ports): Promise<number> {
    const published = await this.#run(['port', service, String(inside)]).catch(() => '');
    const port = Number(/:(\d+)\s*$/.exec(published)?.[1] ?? 0);
    return port > 0 ? port : ports.take(service);
  }

  async #up(service: Service, env: NodeJS.ProcessEnv, say: Say): Promise<void> {
    const image = IMAGES[service];
    if (!(await succeeds('docker', ['image', 'inspect', image]))) {
      say(`pulling ${image}`);
      await runCommand('docker', ['pull', image], { timeoutMs: PULL_TIMEOUT_MS });
    }
    await this.#run(['up', '-d', '--no-deps', service], env);
  }

  async #stop(service: Service): Promise<void> {
    await this.#run(['stop', service]);
  }

  async #run(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const [command = 'docker', ...first] = this.#command;
    const file = ['-f', join(workspaceRoot(), 'docker-compose.yml'), '-p', this.#project];
    return runCommand(command, [...first, ...file, ...args], {
      env: { ...process.env, ...env },
      timeoutMs: START_TIMEOUT_MS,
    });
  }
}
