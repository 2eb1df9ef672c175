import { randomOf, type Random } from './random.ts';
import type { Schedule } from './schedule.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Something that can happen now. */
interface Pending {
  readonly label: string;
  /** Whose code it runs; undefined: it happens in the world outside. */
  readonly owner: SimulatedProcess | undefined;
  /** Who waits for what happens in the world outside, if it is not the owner. */
  readonly waiting: SimulatedProcess | undefined;
  /** Of events of one channel only the oldest can happen. */
  readonly channel: unknown;
  /** It is on its way until then. */
  readonly notBefore: number;
  /** Time does not pass this moment before it has happened. */
  readonly latest: number;
  /** Goes on all the time, whether there is work or not. */
  readonly isRoutine: boolean;
  readonly run: () => void | Promise<void>;
}

/** What can go wrong now; the more weight the likelier. */
export interface Fault {
  /** Each schedule knows about half of all kinds: where everything goes wrong at once, little comes as far as it could. */
  readonly kind: string;
  readonly label: string;
  readonly weight: number;
  /** @param detail from 0 to below 1 */
  run(detail: number): void | Promise<void>;
}

/** What is simulated: it puts events on the simulation and says what could go wrong and what must hold. */
export interface World {
  start(): void;
  /** What could go wrong at this moment. Asked only while the storm lasts. */
  faults(): readonly Fault[];
  /** Everything that was to be done is done. */
  isSettled(): boolean;
  /** What must hold in the end; called when settled. Reports by `violate`. */
  atEnd(): void;
  /** Why it is not settled. */
  describe(): string;
}

interface Option {
  readonly label: string;
  readonly weight: number;
  readonly owner?: SimulatedProcess;
  readonly run: (detail: number) => void | Promise<void>;
}

const STORM_STEPS = 400;
/** Without faults everything must come to its end within so many steps. */
const CALM_STEPS = 6_000;

/** One run of one schedule: at each step one thing happens, then everything that follows from it. */
export class Simulation {
  /** For data; not touched by what happens, so that it stays the same while a schedule is shrunk. */
  readonly data: Random;
  readonly trace: string[] = [];
  violation: string | undefined;
  private readonly pending = new Set<Pending>();
  private readonly kinds = new Map<string, boolean>();
  private step = 0;
  private storm = true;

  constructor(
    readonly clock: VirtualClock,
    readonly seed: number,
    private readonly schedule: Schedule,
    private readonly isTraced = false,
  ) {
    this.data = randomOf(seed ^ 0x5bd1e995);
    clock.reset();
    clock.random = randomOf(seed ^ 0x2545f491);
  }

  get now(): number {
    return this.clock.now;
  }

  get steps(): number {
    return this.step;
  }

  /** Something is under way; it happens when its turn comes. */
  add(
    label: string,
    run: () => void | Promise<void>,
    {
      owner,
      waiting,
      channel,
      notBefore = 0,
      latest = Infinity,
      isRoutine = false,
    }: Partial<Omit<Pending, 'label' | 'run'>> = {},
  ): void {
    if (owner?.alive !== false) this.pending.add({ label, owner, waiting, channel, notBefore, latest, isRoutine, run });
  }

  /** Calls back at a moment in the world outside, whatever becomes of processes; a promise is waited for. */
  later(ms: number, run: () => unknown): void {
    const { current } = this.clock;
    this.clock.current = undefined;
    setTimeout(run, ms);
    this.clock.current = current;
  }

  /** Runs a process' code. */
  as(owner: SimulatedProcess, run: () => void): void {
    const before = this.clock.current;
    this.clock.current = owner;
    run();
    this.clock.current = before;
  }

  /** Whether something of a process is under way that has to do with work. */
  isBusy(process: SimulatedProcess): boolean {
    for (const { owner, waiting, channel, isRoutine } of this.pending) {
      if (!isRoutine && (owner === process || waiting === process || channel === process)) return true;
    }
    return false;
  }

  /** Ends a process: nothing of it happens any more. What it sent is on its way. */
  end(process: SimulatedProcess): void {
    process.alive = false;
    this.clock.forget(process);
    for (const event of this.pending) if (event.owner === process) this.pending.delete(event);
  }

  /** A promise is broken. The first one ends the run. */
  violate(what: string): void {
    this.violation ??= what;
    if (this.isTraced) this.trace.push(`!! ${what}`);
  }

  note(line: string): void {
    if (this.isTraced) this.trace.push(`     ${line}`);
  }

  async run(world: World): Promise<void> {
    world.start();
    await this.clock.settle();
    while (this.violation === undefined && this.step < STORM_STEPS && !world.isSettled()) await this.advance(world);
    this.storm = false;
    const end = this.step + CALM_STEPS;
    while (this.violation === undefined && this.step < end && !world.isSettled()) await this.advance(world);
    if (this.violation !== undefined) return;
    if (world.isSettled()) world.atEnd();
    else this.violate(`nothing is wrong any more, and yet it does not come to an end: ${world.describe()}`);
  }

  private async advance(world: World): Promise<void> {
    const options = this.options();
    const pick = this.storm ? this.schedule.at(this.step) : undefined;
    const [option, detail] = pick === undefined ? ([options[0], 0] as const) : this.pick(options, world.faults(), pick);
    this.step++;
    if (!option) {
      this.violate(`nothing can happen any more: ${world.describe()}`);
      return;
    }
    if (this.isTraced) this.trace.push(`${pick === undefined ? '   ' : ' * '}${this.now.toFixed(0)} ${option.label}`);
    this.clock.current = option.owner;
    await option.run(detail);
    await this.clock.settle();
    this.clock.current = undefined;
  }

  private pick(options: readonly Option[], faults: readonly Fault[], pick: number): [Option | undefined, number] {
    const known = faults.filter(({ kind }) => this.knows(kind));
    const all: readonly Option[] = [...options.slice(1), ...known, ...options.slice(0, 1)];
    const total = all.reduce((sum, { weight }) => sum + weight, 0);
    let left = pick * total;
    for (const option of all) {
      if (left < option.weight) return [option, left / option.weight];
      left -= option.weight;
    }
    return [options[0], 0];
  }

  private knows(kind: string): boolean {
    let known = this.kinds.get(kind);
    if (known === undefined) {
      const sum = [...kind].reduce((hash, letter) => Math.imul(hash, 31) + letter.charCodeAt(0), 0);
      this.kinds.set(kind, (known = randomOf(this.seed ^ sum)() < 0.5));
    }
    return known;
  }

  /** What can happen now, what comes by itself first. */
  private options(): Option[] {
    const options: Option[] = [];
    const channels = new Set<unknown>();
    let latest = Infinity;
    let next = Infinity;
    for (const event of this.pending) {
      if (event.owner && !event.owner.running) continue;
      latest = Math.min(latest, event.latest);
      if (event.channel !== undefined) {
        if (channels.has(event.channel)) continue;
        channels.add(event.channel);
      }
      if (event.notBefore > this.now) {
        next = Math.min(next, event.notBefore);
        continue;
      }
      options.push({ label: event.label, weight: 3, owner: event.owner, run: () => this.happen(event) });
    }
    this.addTime(options, next, latest);
    return options;
  }

  /** Timers that are due, one per process, and the passing of time up to the next moment at which something can happen. */
  private addTime(options: Option[], next: number, latest: number): void {
    const owners = new Set<SimulatedProcess | undefined>();
    for (const timer of this.clock.upcoming()) {
      if (timer.owner && !timer.owner.running) continue;
      if (timer.at > this.now) {
        next = Math.min(next, timer.at);
        break;
      }
      if (owners.has(timer.owner)) continue;
      owners.add(timer.owner);
      const label = `a timer of ${timer.owner?.name ?? 'the world'}`;
      options.push({ label, weight: 3, owner: timer.owner, run: () => this.clock.fire(timer) });
    }
    if (next < Infinity && next <= latest) {
      options.push({ label: 'time passes', weight: 3, run: () => void (this.clock.now = next) });
    }
  }

  private happen(event: Pending): void | Promise<void> {
    this.pending.delete(event);
    return event.run();
  }
}
