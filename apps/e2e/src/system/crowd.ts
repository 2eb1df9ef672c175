import { setTimeout as delay } from 'node:timers/promises';
import { randomNumber, type Simulator, upTo } from '@heliograph/testing';

export interface CrowdOptions {
  customers: number;
  messagesPerSecond: number;
}

const TICK_MS = 50;

/** Customers who write in turn, at a steady pace, until they are stopped. Each message says whose and which it is. */
export class Crowd {
  readonly numbers: readonly string[];
  /** Messages written so far. */
  written = 0;
  readonly #simulator: Simulator;
  readonly #perTick: number;
  #stopped = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(simulator: Simulator, { customers, messagesPerSecond }: CrowdOptions) {
    this.#simulator = simulator;
    this.#perTick = (messagesPerSecond * TICK_MS) / 1000;
    const numbers = new Set<string>();
    while (numbers.size < customers) numbers.add(randomNumber());
    this.numbers = [...numbers];
  }

  start(): void {
    this.#writing = this.#write();
    // Told by stop(); until then nobody waits for it.
    this.#writing.catch(() => undefined);
  }

  /** @throws what the simulator answered, when it would not take a message */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#writing;
  }

  async #write(): Promise<void> {
    let due = 0;
    while (!this.#stopped) {
      due += this.#perTick;
      const now = Math.floor(due);
      due -= now;
      await Promise.all([delay(TICK_MS), ...upTo(now).map(() => this.#next())]);
    }
  }

  async #next(): Promise<void> {
    const place = this.written++;
    const from = this.numbers[place % this.numbers.length]!;
    const round = Math.floor(place / this.numbers.length) + 1;
    await this.#simulator.customerWrites({ from, text: `${from} says ${round}` });
  }
}
