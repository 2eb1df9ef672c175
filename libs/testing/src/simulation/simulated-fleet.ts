import { oneOf, whole } from './random.ts';
import type { SimulatedGroup } from './simulated-group.ts';
import { SimulatedMember } from './simulated-member.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { Fault, Simulation } from './simulation.ts';

const RESTART_MS = 500;
const CLOCK_OFFSETS_MS = [0, 0, 300_000, -300_000, 1_234];
/** Shorter than the session time-out, about as long, and longer. */
const FREEZES_MS = [300, 4_000, 7_000, 12_000];

/** The replicas of a service: they crash and come back, freeze and thaw, and the group moves their partitions about. */
export class SimulatedFleet {
  private readonly processes: SimulatedProcess[] = [];
  private readonly left = { crashes: 3, freezes: 3, rebalances: 3, drops: 3 };
  private lives = 0;

  /** @param boot starts the service in a process, as its code */
  constructor(
    private readonly simulation: Simulation,
    private readonly group: SimulatedGroup,
    private readonly boot: (process: SimulatedProcess, member: SimulatedMember) => void,
    /** One more length of freezes: just longer than what a successor waits for. */
    private readonly longFreezeMs = 20_000,
  ) {}

  start(replicas: number): void {
    for (let replica = 0; replica < replicas; replica++) this.bootOne(`p${replica}`);
  }

  get running(): readonly SimulatedProcess[] {
    return this.processes.filter(({ running }) => running);
  }

  faults(): Fault[] {
    const { left } = this;
    const { running } = this;
    const faults: Fault[] = [];
    if (left.rebalances > 0) {
      const weight = running.some((process) => this.simulation.isBusy(process)) ? 1 : 0.05;
      faults.push({ kind: 'rebalance', label: 'a rebalance', weight, run: () => this.rebalance() });
    }
    for (const process of running) {
      // In the midst of something is where it hurts.
      const often = this.simulation.isBusy(process) ? 1 : 0.05;
      if (left.crashes > 0) {
        faults.push({ kind: 'crash', label: `${process.name} crashes`, weight: often, run: () => this.crash(process) });
      }
      if (left.freezes > 0) {
        const run = (detail: number) => this.freeze(process, detail);
        faults.push({ kind: 'freeze', label: `${process.name} freezes`, weight: 2 * often, run });
      }
      if (left.drops > 0) {
        const run = () => this.dropMember(process);
        faults.push({ kind: 'drop', label: `the group drops ${process.name}`, weight: 0.5 * often, run });
      }
    }
    return faults;
  }

  private bootOne(name: string): void {
    const { data } = this.simulation;
    const process = new SimulatedProcess(
      `${name}.${++this.lives}`,
      oneOf(data, CLOCK_OFFSETS_MS),
      whole(data, 1_000_000),
    );
    this.processes.push(process);
    const boot = () => this.boot(process, new SimulatedMember(this.group, process));
    this.simulation.add(`${process.name} starts`, boot, { owner: process });
  }

  crash(process: SimulatedProcess): void {
    this.left.crashes--;
    this.simulation.end(process);
    this.group.watch(process);
    this.simulation.later(RESTART_MS, () => this.bootOne(process.name.replace(/\..*/, '')));
  }

  /**
   * @param detail from 0 to below 1: for how long
   * @param thaws called just before it goes on
   */
  freeze(process: SimulatedProcess, detail: number, thaws?: () => void | Promise<void>): void {
    const lengths = [...FREEZES_MS, this.longFreezeMs];
    const ms = lengths[Math.floor(detail * lengths.length)]!;
    this.left.freezes--;
    process.frozen = true;
    this.simulation.note(`for ${ms} ms`);
    this.group.watch(process);
    this.simulation.later(ms, async () => {
      await thaws?.();
      process.frozen = false;
    });
  }

  private rebalance(): void {
    this.left.rebalances--;
    this.group.prepare();
  }

  /** The group gives its partitions away, and it does not know. */
  dropMember(process: SimulatedProcess): void {
    this.left.drops--;
    for (const member of this.group.members) if (member.process === process) this.group.drop(member);
  }
}
