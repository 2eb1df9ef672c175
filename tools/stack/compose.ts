import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { runCommand, succeeds, waitForKafka, waitForRedis, workspaceRoot, type Say } from '@heliograph/testing';
import type { Ports } from './ports.ts';

const IMAGES = { kafka: 'apache/kafka:4.3.1', redis: 'redis:7-bookworm' } as const;
const PULL_TIMEOUT_MS = 5 * 60_000;
const START_TIMEOUT_MS = 120_000;

export type ComposeService = keyof typeof IMAGES;

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

  /** Starts what is wanted and waits until it serves. Returns its addresses: host:port of Kafka, URL of Redis. */
  async start(wanted: ComposeService[], ports: Ports, say: Say): Promise<Record<ComposeService, string>> {
    for (const service of wanted) await this.#needImage(IMAGES[service], say);
    const kafkaPort = await this.#portOf('kafka', 9092, ports);
    const redisPort = await this.#portOf('redis', 6379, ports);
    const env = { KAFKA_PORT: String(kafkaPort), REDIS_PORT: String(redisPort) };
    // All in one call: two at the same moment would both create the network.
    await this.#run(['up', '-d', '--no-deps', ...wanted], env);
    const addresses = { kafka: `127.0.0.1:${kafkaPort}`, redis: `redis://127.0.0.1:${redisPort}` };
    if (wanted.includes('kafka')) await waitForKafka([addresses.kafka], START_TIMEOUT_MS);
    if (wanted.includes('redis')) await waitForRedis(addresses.redis, START_TIMEOUT_MS);
    return addresses;
  }

  /** Ends containers; their data stay in their volumes. */
  async stop(services: ComposeService[]): Promise<void> {
    await this.#run(['stop', ...services]);
  }

  /** Removes containers and data of both. */
  async dropData(): Promise<void> {
    await this.#run(['down', '--volumes', '--remove-orphans']);
  }

  /** A container that a killed start left running keeps its port, and is used as it is. */
  async #portOf(service: ComposeService, inside: number, ports: Ports): Promise<number> {
    const published = await this.#run(['port', service, String(inside)]).catch(() => '');
    const port = Number(/:(\d+)\s*$/.exec(published)?.[1] ?? 0);
    return port > 0 ? port : ports.take(service);
  }

  async #needImage(image: string, say: Say): Promise<void> {
    if (await succeeds('docker', ['image', 'inspect', image])) return;
    say(`pulling ${image}`);
    await runCommand('docker', ['pull', image], { timeoutMs: PULL_TIMEOUT_MS });
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
