import { Schedule, shrink, type Deviation } from './schedule.ts';
import { Simulation, type World } from './simulation.ts';
import { realNow, VirtualClock } from './virtual-clock.ts';

/** Builds a world on a simulation; may bring what it stands on (a real Redis) into its first state. */
export type WorldBuilder = (simulation: Simulation) => World | Promise<World>;

export interface ExploreOptions {
  /** Random when absent. */
  readonly seed?: number;
  /** How many schedules at most. The first one that breaks a promise is the last. */
  readonly schedules: number;
  /** Whether a failing schedule is made minimal; true by default. */
  readonly minimal?: boolean;
}

export interface Explored {
  readonly seed: number;
  readonly schedules: number;
  readonly steps: number;
  readonly seconds: number;
  readonly failure: Failure | undefined;
}

export interface Failure {
  /** Gives this schedule again: HELIOGRAPH_SIMULATION_SEED, with HELIOGRAPH_SIMULATION_SCHEDULES=1. */
  readonly seed: number;
  readonly violation: string;
  readonly deviations: readonly Deviation[];
  /** What happened, step by step; deviations are marked by a star. */
  readonly trace: readonly string[];
}

/** The seed of the schedule so many after the first; the first has the seed itself. */
const seedAt = (seed: number, index: number): number => (seed + Math.imul(index, 0x9e3779b1)) >>> 0;

function fromEnvironment(name: string): number | undefined {
  const value = process.env[name];
  if (value === undefined || value === '') return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0) throw new Error(`${name} must be a whole number, not "${value}"`);
  return number;
}

/** So many schedules, unless HELIOGRAPH_SIMULATION_SCHEDULES and HELIOGRAPH_SIMULATION_SEED ask for others. */
export function asAsked(schedules: number): ExploreOptions {
  const seed = fromEnvironment('HELIOGRAPH_SIMULATION_SEED');
  return {
    schedules: fromEnvironment('HELIOGRAPH_SIMULATION_SCHEDULES') ?? schedules,
    ...(seed !== undefined && { seed }),
  };
}

/** Runs schedules until one breaks a promise, and makes that one minimal. */
export async function explore(build: WorldBuilder, options: ExploreOptions): Promise<Explored> {
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
  const most = options.schedules;
  const begun = realNow();
  const clock = new VirtualClock();
  clock.install();
  try {
    let steps = 0;
    for (let index = 0; index < most; index++) {
      const of = seedAt(seed, index);
      const schedule = new Schedule(of);
      const simulation = await runOne(clock, build, of, schedule);
      steps += simulation.steps;
      if (simulation.violation === undefined) continue;
      const failure = await explain(clock, build, of, schedule.taken, options.minimal ?? true);
      return { seed, schedules: index + 1, steps, seconds: secondsSince(begun), failure };
    }
    return { seed, schedules: most, steps, seconds: secondsSince(begun), failure: undefined };
  } finally {
    clock.uninstall();
  }
}

const secondsSince = (begun: number): number => (realNow() - begun) / 1_000;

async function runOne(
  clock: VirtualClock,
  build: WorldBuilder,
  seed: number,
  schedule: Schedule,
  isTraced = false,
): Promise<Simulation> {
  const simulation = new Simulation(clock, seed, schedule, isTraced);
  await simulation.run(await build(simulation));
  return simulation;
}

async function explain(
  clock: VirtualClock,
  build: WorldBuilder,
  seed: number,
  taken: readonly Deviation[],
  minimal: boolean,
): Promise<Failure> {
  const rerun = (deviations: readonly Deviation[], isTraced = false) =>
    runOne(clock, build, seed, new Schedule(seed, deviations), isTraced);
  const fails = async (deviations: readonly Deviation[]) => (await rerun(deviations)).violation !== undefined;
  const deviations = minimal ? await shrink(taken, fails) : taken;
  const { violation, trace } = await rerun(deviations, true);
  return { seed, violation: violation ?? 'not found again: the schedule is not deterministic', deviations, trace };
}

/** For an error message: everything one needs to see the failure again. */
export function describeFailure({ seed, violation, deviations, trace }: Failure): string {
  return [
    violation,
    `again with HELIOGRAPH_SIMULATION_SEED=${seed} HELIOGRAPH_SIMULATION_SCHEDULES=1`,
    `minimal schedule (${deviations.length} deviations, marked by a star):`,
    ...abridged(trace),
  ].join('\n');
}

const TAIL = 20;
const AFTER = 400;

/** Once no deviation comes any more, only the beginning and the end are worth reading. */
function abridged(trace: readonly string[]): readonly string[] {
  const from = trace.findLastIndex((line) => line.startsWith(' * ')) + AFTER;
  const left = trace.length - from - TAIL;
  return left <= 0 ? trace : [...trace.slice(0, from), `     … ${left} steps …`, ...trace.slice(-TAIL)];
}

/** @throws Error with seed and minimal schedule when a promise was broken */
export function assertHolds({ failure }: Explored): void {
  if (failure) throw new Error(describeFailure(failure));
}
