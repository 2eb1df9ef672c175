import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LaneConsumer } from '../lane-consumer.ts';
import type { WriteFate } from '../../spec-support/memory-group.ts';
import { ascending, deferred, orders, PARTITIONS, stopAll, TOPIC, World } from '../../spec-support/parking-world.ts';

afterEach(stopAll);

const RUNS = 25;
const MOST_KEY = 5;

/** One step of a schedule. */
type Action =
  | { do: 'write'; key: number; gap: number }
  | { do: 'block'; key: number; how: 'promise' | 'moment' }
  | { do: 'unblock'; key: number }
  | { do: 'step'; deliver: number }
  | { do: 'lose' | 'join' | 'rebalance' };

const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 16, arbitrary: fc.record({ do: fc.constant('write' as const), key: fc.nat(MOST_KEY), gap: fc.nat(1) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('block' as const),
      key: fc.nat(MOST_KEY),
      how: fc.constantFrom('promise' as const, 'moment' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unblock' as const), key: fc.nat(MOST_KEY) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('step' as const), deliver: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'join' as const, 'rebalance' as const) }) },
);

/** Carries a schedule out; faults happen as the dice say. */
class Play {
  readonly world = new World();
  written = 0;
  private readonly running: LaneConsumer[] = [];
  private readonly gates = new Map<number, { promise: Promise<void>; resolve: () => void }>();

  constructor(private readonly roll: () => number) {}

  async begin(): Promise<void> {
    const { group } = this.world;
    group.writeFate = () => {
      const fates: WriteFate[] = ['lost', 'written, answer lost', 'late', 'written twice'];
      return fates[Math.floor(this.roll() / 6)] ?? 'written';
    };
    group.readFails = () => this.roll() < 2;
    this.world.failing = () => this.roll() < 5;
    this.running.push(await this.world.start(), await this.world.start());
    group.rebalance();
  }

  async act(action: Action): Promise<void> {
    const { world, running } = this;
    switch (action.do) {
      case 'write':
        return world.group.write(
          TOPIC.name,
          action.key % PARTITIONS,
          `k${action.key}`,
          `e${this.written++}`,
          action.gap,
        );
      case 'block':
        return this.block(action.key, action.how);
      case 'unblock':
        return this.unblock(action.key);
      case 'step':
        return world.step(action.deliver);
      case 'join':
        return void running.push(await world.start());
      case 'lose':
        if (running.length > 1) world.lose(running.shift()!);
        return world.group.rebalance();
      case 'rebalance':
        return world.group.rebalance();
    }
  }

  /** Nothing fails or waits any more. */
  async end(): Promise<void> {
    const { world } = this;
    for (let key = 0; key <= MOST_KEY; key++) this.unblock(key);
    world.group.writeFate = () => 'written';
    world.group.readFails = () => false;
    world.failing = () => false;
    world.group.rebalance();
    await world.until(() => world.effects.length === this.written && world.isCommitted, 'everything is done');
  }

  private block(key: number, how: 'promise' | 'moment'): void {
    this.unblock(key);
    const gate = deferred();
    this.gates.set(key, gate);
    const until = how === 'promise' ? gate.promise : Date.now() + (key % 3);
    this.world.waits.set(`k${key}`, { cause: `cause ${key % 2}`, until });
  }

  private unblock(key: number): void {
    this.world.waits.delete(`k${key}`);
    this.gates.get(key)?.resolve();
    this.gates.delete(key);
  }
}

describe('over random waits, lost owners, lost answers and late writes', () => {
  it('every record takes effect, once, in the order of its key, and everything is committed', async () => {
    let parked = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(actions, { minLength: 60, maxLength: 160, size: 'max' }),
        fc.infiniteStream(fc.nat(99)),
        async (schedule, dice) => {
          await stopAll();
          const play = new Play(() => dice.next().value as number);
          await play.begin();
          for (const action of schedule) await play.act(action);
          await play.end();
          const { effects, counts } = play.world;
          for (const offsets of Object.values(orders(effects))) expect(offsets).toEqual(ascending(offsets));
          parked += counts.parked;
        },
      ),
      { numRuns: RUNS },
    );
    // Otherwise it has shown nothing.
    expect(parked).toBeGreaterThan(RUNS);
  }, 120_000);
});
