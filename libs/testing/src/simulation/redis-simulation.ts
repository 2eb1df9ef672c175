import { asAsked, assertHolds, explore, type Failure } from './explore.ts';
import { GatedRedis, type GateableClient } from './gated-redis.ts';
import type { ScriptEdits } from './script-edits.ts';
import type { Simulation, World } from './simulation.ts';

/** A mistake that is planted on purpose: in scripts, or by what the world is told to replace. */
export interface WrongVariant<Variant> {
  readonly title: string;
  /** What it must be found by. */
  readonly violation: RegExp;
  readonly edits?: ScriptEdits;
  readonly variant?: Variant;
  /** Where the search begins; 1 when absent. What few schedules show is found sooner from elsewhere. */
  readonly seed?: number;
}

export interface RedisSimulationOptions<Variant> {
  /** Folders of the workspace whose .lua files the clients use. */
  readonly folders: readonly string[];
  readonly open: (url: string) => GateableClient;
  readonly world: (simulation: Simulation, redis: GatedRedis, variant?: Variant) => World;
}

const WRONG_SCHEDULES = 1_500;

/** Schedules of one world on a real Redis of their own: that its promises hold, and that each wrong variant is found. */
export class RedisSimulation<Variant> {
  private redis!: GatedRedis;

  constructor(private readonly options: RedisSimulationOptions<Variant>) {}

  async start(): Promise<void> {
    this.redis = await GatedRedis.start(this.options.folders, this.options.open);
  }

  close(): Promise<void> {
    return this.redis.close();
  }

  /** @throws Error with seed and minimal schedule when a promise was broken */
  async assertHolds(schedules: number): Promise<void> {
    assertHolds(await explore(this.worldWith(), asAsked(schedules)));
  }

  /**
   * What the first schedule breaks that shows the mistake; undefined when none does.
   *
   * @throws Error when that schedule, run alone with its seed, does not go the same way step by step
   */
  async find({ edits = {}, variant, seed = 1 }: WrongVariant<Variant>): Promise<string | undefined> {
    await this.redis.plant(edits);
    try {
      const { failure } = await explore(this.worldWith(variant), {
        seed,
        schedules: WRONG_SCHEDULES,
        minimal: false,
      });
      if (failure) await this.assertRepeatable(failure, variant);
      return failure?.violation;
    } finally {
      await this.redis.plant({});
    }
  }

  private async assertRepeatable({ seed, trace }: Failure, variant?: Variant): Promise<void> {
    const again = await explore(this.worldWith(variant), { seed, schedules: 1, minimal: false });
    if (again.failure?.trace.join('\n') !== trace.join('\n')) throw new Error(`seed ${seed} went another way alone`);
  }

  private worldWith(variant?: Variant): (simulation: Simulation) => Promise<World> {
    return async (simulation) => {
      await this.redis.begin(simulation);
      return this.options.world(simulation, this.redis, variant);
    };
  }
}
