import { rmSync } from 'node:fs';
import type { ManagedProcess } from '../processes/managed-process.ts';
import type { Controls, PlaceOptions } from './controls.ts';

/** How one kind of broker runs as a process. */
export interface LocalLaunch {
  /** Starts the process and resolves when it serves; ends it itself when that fails. */
  launch(): Promise<ManagedProcess>;
  /** What to remove so that it starts empty. */
  dataFolder: string;
}

/** The controls of a broker that runs as a process of this machine. */
export class LocalBroker implements Controls {
  #process: ManagedProcess;
  readonly #how: LocalLaunch;
  readonly #place: PlaceOptions;

  private constructor(how: LocalLaunch, place: PlaceOptions, first: ManagedProcess) {
    this.#how = how;
    this.#place = place;
    this.#process = first;
  }

  static async start(how: LocalLaunch, place: PlaceOptions): Promise<LocalBroker> {
    return new LocalBroker(how, place, await how.launch());
  }

  get process(): ManagedProcess {
    return this.#process;
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    if (this.#place.temporary) rmSync(this.#place.folder, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    await this.#process.kill();
  }

  async restart({ empty = false }: { empty?: boolean } = {}): Promise<void> {
    await this.#process.kill();
    if (empty) rmSync(this.#how.dataFolder, { recursive: true, force: true });
    this.#process = await this.#how.launch();
  }

  pause(): Promise<void> {
    this.#process.signal('SIGSTOP');
    return Promise.resolve();
  }

  resume(): Promise<void> {
    this.#process.signal('SIGCONT');
    return Promise.resolve();
  }
}

/** Waits until a started process serves. When it does not, ends it and says why with the end of its log. */
export async function serving(
  process: ManagedProcess,
  ready: (giveUp: () => Error | undefined) => Promise<unknown>,
): Promise<ManagedProcess> {
  const giveUp = (): Error | undefined =>
    process.ending &&
    new Error(`${process.name} ended while it started (${process.ending.code ?? process.ending.signal})`);
  try {
    await ready(giveUp);
    return process;
  } catch (error) {
    await process.kill();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\nlast lines of ${process.logFile}:\n${process.lastLogLines()}`, { cause: error });
  }
}
