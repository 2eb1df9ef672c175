import type { SimulatedProcess } from './simulated-process.ts';

/** The machine's own timers, for the simulator itself. */
const real = {
  Date: globalThis.Date,
  performance: globalThis.performance,
  random: Math.random,
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  setImmediate: globalThis.setImmediate,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
  clearImmediate: globalThis.clearImmediate,
};
const NAMES = ['setTimeout', 'setInterval', 'setImmediate', 'clearTimeout', 'clearInterval', 'clearImmediate'] as const;

/** When virtual time begins: a fixed day, so that a schedule does not depend on today. */
const BEGINNING = real.Date.UTC(2026, 0, 1);

interface Immediate {
  readonly owner: SimulatedProcess | undefined;
  readonly run: () => void;
}

export interface VirtualTimer {
  readonly id: number;
  /** Whose timer it is; undefined: the world's. */
  readonly owner: SimulatedProcess | undefined;
  readonly run: () => unknown;
  readonly everyMs: number | undefined;
  at: number;
}

/**
 * Time that passes only when the simulator says so. While installed it stands behind `Date`, `performance.now` and the
 * timer functions of everything that runs in this realm; each timer belongs to the process that was running when it was set.
 */
export class VirtualClock {
  /** Milliseconds since the simulation began. */
  now = 0;
  /** Whose code runs at this moment; undefined: the simulator's. */
  current: SimulatedProcess | undefined;
  random = real.random;
  private readonly timers = new Map<number, VirtualTimer>();
  /** By the same ids as timers. */
  private readonly immediates = new Map<number, Immediate>();
  private lastId = 0;

  /** Milliseconds of Date.now() as a machine with a right clock shows it. */
  get date(): number {
    return BEGINNING + this.now;
  }

  install(): void {
    const read = () => Math.floor(this.date + (this.current?.clockOffsetMs ?? 0));
    class VirtualDate extends real.Date {
      constructor(...args: unknown[]) {
        if (args.length === 0) super(read());
        else super(...(args as [number]));
      }
      static override now = read;
    }
    const functions = {
      setTimeout: (run: () => void, ms?: number, ...args: unknown[]) => this.add(run, ms, false, args),
      setInterval: (run: () => void, ms?: number, ...args: unknown[]) => this.add(run, ms, true, args),
      setImmediate: (run: () => void, ...args: unknown[]) => this.addImmediate(run, args),
      clearTimeout: (timer: unknown) => this.clear(timer),
      clearInterval: (timer: unknown) => this.clear(timer),
      clearImmediate: (timer: unknown) => this.clear(timer),
    };
    Object.assign(globalThis, functions, { Date: VirtualDate });
    Object.defineProperty(globalThis, 'performance', {
      value: { now: () => this.now + (this.current?.startedAtMs ?? 0) },
      configurable: true,
      writable: true,
    });
    Math.random = () => this.random();
  }

  uninstall(): void {
    for (const name of NAMES) Object.assign(globalThis, { [name]: real[name] });
    Object.assign(globalThis, { Date: real.Date });
    Object.defineProperty(globalThis, 'performance', { value: real.performance, configurable: true, writable: true });
    Math.random = real.random;
  }

  /** Begins a schedule: no timers, time zero. */
  reset(): void {
    this.timers.clear();
    this.immediates.clear();
    this.now = 0;
    this.lastId = 0;
    this.current = undefined;
  }

  /** Timers in the order in which they are due. */
  upcoming(): VirtualTimer[] {
    return [...this.timers.values()].sort((a, b) => a.at - b.at || a.id - b.id);
  }

  /** Waits for what a timer of the world does; a process does not wait for what its timers began. */
  async fire(timer: VirtualTimer): Promise<void> {
    if (timer.everyMs === undefined) this.timers.delete(timer.id);
    else timer.at = this.now + timer.everyMs;
    const ended = timer.run();
    if (timer.owner === undefined) await ended;
  }

  /**
   * Waits until everything that follows from what has happened so far, without further input, has happened: promise
   * callbacks, what `process.nextTick` gathers, immediates. Nothing from outside comes in between.
   */
  async settle(): Promise<void> {
    const { current } = this;
    // Promise callbacks and nextTicks all run before an immediate does.
    await turn();
    for (const [id, { owner, run }] of this.immediates) {
      this.immediates.delete(id);
      this.current = owner;
      run();
      await turn();
    }
    this.current = current;
  }

  forget(owner: SimulatedProcess): void {
    for (const timer of this.timers.values()) if (timer.owner === owner) this.timers.delete(timer.id);
  }

  private add(run: (...args: unknown[]) => void, ms = 0, repeats: boolean, args: unknown[]): unknown {
    const id = ++this.lastId;
    const everyMs = repeats ? Math.max(1, ms) : undefined;
    const at = this.now + Math.max(0, Number.isFinite(ms) ? ms : 0);
    this.timers.set(id, { id, owner: this.current, run: () => run(...args), everyMs, at });
    return handleOf(id);
  }

  private addImmediate(run: (...args: unknown[]) => void, args: unknown[]): unknown {
    const id = ++this.lastId;
    this.immediates.set(id, { owner: this.current, run: () => run(...args) });
    return handleOf(id);
  }

  private clear(timer: unknown): void {
    const id = typeof timer === 'object' && timer !== null && 'id' in timer ? timer.id : timer;
    this.timers.delete(id as number);
    this.immediates.delete(id as number);
  }
}

const turn = (): Promise<void> => new Promise((resolve) => void real.setImmediate(resolve));

function handleOf(id: number): unknown {
  const handle = { id, ref: () => handle, unref: () => handle, hasRef: () => true, [Symbol.toPrimitive]: () => id };
  return handle;
}

/** Milliseconds of the machine's own clock, for reports. */
export const realNow = (): number => real.performance.now();
