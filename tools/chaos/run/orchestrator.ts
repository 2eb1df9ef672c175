import { setTimeout as delay } from 'node:timers/promises';
import type { Replica, System } from '@heliograph/testing';

const LOOK_MS = 250;

/**
 * Starts processes again that ended by themselves, as whatever runs the containers would: a service that has lost its consumer
 * for good ends, so that it is.
 */
export class Orchestrator {
  /** Names of the replicas that were started again, one for each time. */
  readonly restarted: string[] = [];
  readonly #system: System;
  readonly #starting = new Map<Replica, Promise<void>>();
  #stopped = false;
  #watching: Promise<void>;

  constructor(system: System) {
    this.#system = system;
    this.#watching = this.#watch();
  }

  /** Lets what it has begun to start get ready. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#watching;
    await Promise.all(this.#starting.values());
  }

  async #watch(): Promise<void> {
    while (!this.#stopped) {
      for (const replica of this.#system.replicas) {
        if (replica.hasEndedByItself && !this.#starting.has(replica)) this.#restart(replica);
      }
      await delay(LOOK_MS);
    }
  }

  #restart(replica: Replica): void {
    this.restarted.push(replica.name);
    // One that does not get ready and ends is found again; one that lives on unready is for the judges.
    const started = replica.start().catch(() => undefined);
    this.#starting.set(
      replica,
      started.then(() => void this.#starting.delete(replica)),
    );
  }
}
