import { afterEach, describe, expect, it } from '@jest/globals';
import { TOPICS } from '@heliograph/contracts';
import { FenceLost, Retryable } from '@heliograph/runtime';
import fc from 'fast-check';
import type { Delivery } from '../../delivery.ts';
import { blocked, done, skip, type Outcome } from '../../outcome.ts';
import type { PartitionGate } from '../../partition-gate.ts';
import { MemoryGroup, turns, type MemoryMember } from '../../spec-support/memory-group.ts';
import type { LaneConsumerOptions } from '../consumer-options.ts';
import { DeadLetterWriter } from '../dead-letters.ts';
import { LaneConsumer } from '../lane-consumer.ts';

const TOPIC = TOPICS.webhookReceived;
const PARKED = `${TOPIC.name}.parked`;
const PARTITIONS = 2;

const open: LaneConsumer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((consumer) => consumer.stop()));
});

/** A group whose members have the effects of their records on one store, which knows claims and the fence. */
class World {
  readonly group = new MemoryGroup([TOPIC.name, PARKED], PARTITIONS);
  /** Origins in the order they took effect. */
  readonly effects: string[] = [];
  /** Runs of records whose effect was there already. */
  repeats = 0;
  givenUp = 0;
  /** What a key waits for; keys without an entry may run. */
  readonly waits = new Map<string, { cause: string; until: Promise<unknown> | number }>();
  counts = { received: 0, finished: 0, parked: 0, returned: 0 };
  private readonly done = new Set<string>();
  private readonly fences = new Map<number, number>();
  private readonly members = new Map<LaneConsumer, MemoryMember>();
  failing: (delivery: Delivery) => boolean = () => false;

  async start(options: Partial<LaneConsumerOptions> = {}): Promise<LaneConsumer> {
    const member = this.group.join();
    const consumer = new LaneConsumer({
      topics: [TOPIC],
      source: member,
      gate: this.gate(),
      deadLetters: new DeadLetterWriter({ publishRecord: async () => undefined }, 'g', new Map([[TOPIC.name, TOPIC]])),
      handle: (delivery) => this.handle(delivery, member),
      onCrash: () => undefined,
      observer: this.observer(),
      commitIntervalMs: 2,
      backOff: { firstMs: 1, maxMs: 2 },
      attempts: 1_000,
      drainMs: 100,
      workers: 3,
      limits: { records: 4, bytes: 1e9, distance: 8 },
      parking: { store: member.parked, afterMs: 0, perLine: 2, everyMs: 1 },
      ...options,
    });
    await consumer.start();
    this.members.set(consumer, member);
    open.push(consumer);
    return consumer;
  }

  /** The process is gone, or the group believes so; what it has begun goes on without the fence. */
  lose(consumer: LaneConsumer): void {
    this.members.get(consumer)!.isPresent = false;
  }

  async step(deliver = 3): Promise<void> {
    this.group.deliver(deliver);
    this.group.beat();
    // Long enough for the timers of the consumers.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    const end = Date.now() + 30_000;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`not within 30 s: ${what}`);
      await this.step(20);
    }
  }

  get isCommitted(): boolean {
    return Array.from({ length: PARTITIONS }, (_, partition) =>
      this.group.topics.every((topic) => this.group.committedOf(topic, partition) === this.group.end(topic, partition)),
    ).every(Boolean);
  }

  private gate(): PartitionGate {
    return {
      admit: async (partition, generation) => {
        await turns(1);
        if ((this.fences.get(partition) ?? 0) > generation) throw new FenceLost(partition);
        this.fences.set(partition, generation);
        return String(generation);
      },
    };
  }

  private async handle(delivery: Delivery, member: MemoryMember): Promise<Outcome> {
    const { partition, event, origin, fence } = delivery;
    await turns(1);
    const wait = this.waits.get(event.partitionKey);
    if (wait) return blocked(wait.cause, wait.until, () => this.givenUp++);
    if (this.failing(delivery)) throw new Retryable('for now');
    if (!member.isPresent || String(this.fences.get(partition)) !== fence) throw new FenceLost(partition);
    if (this.done.has(origin)) {
      this.repeats++;
      return skip('a repeat');
    }
    this.done.add(origin);
    this.effects.push(`${event.partitionKey} ${origin}`);
    return done;
  }

  private observer(): LaneConsumerOptions['observer'] {
    const { counts } = this;
    return {
      received: () => counts.received++,
      finished: () => counts.finished++,
      parked: () => counts.parked++,
      returned: () => counts.returned++,
      failed() {},
      dead() {},
      event() {},
    };
  }
}

/** Offsets in the order they took effect, by key. */
function orders(effects: readonly string[]): Record<string, number[]> {
  const byKey = Map.groupBy(effects, (effect) => effect.split(' ')[0]!);
  return Object.fromEntries([...byKey].map(([key, of]) => [key, of.map((effect) => Number(effect.split('/').at(-1)))]));
}

function ascending(offsets: readonly number[]): number[] {
  return [...offsets].sort((a, b) => a - b);
}

function deferred() {
  let resolve!: () => void;
  const promise = new Promise<void>((r) => (resolve = r));
  return { promise, resolve };
}

describe('a lane that waits while its partition is at a limit', () => {
  it('is moved to the parked topic, so that others flow, and comes back in order', async () => {
    const world = new World();
    await world.start();
    world.group.rebalance();
    const gate = deferred();
    world.waits.set('slow', { cause: 'a long wait', until: gate.promise });
    for (let n = 0; n < 20; n++) world.group.write(TOPIC.name, 0, 'slow', `s${n}`);
    for (let n = 0; n < 20; n++) world.group.write(TOPIC.name, 0, 'fast', `f${n}`);
    await world.until(() => world.effects.length === 20 && world.counts.parked === 20, 'the fast lane has run');
    expect(Object.keys(orders(world.effects))).toEqual(['fast']);
    await world.until(() => world.group.committedOf(TOPIC.name, 0) === 40, 'the main topic is committed to its end');
    expect(world.group.committedOf(PARKED, 0)).toBe(0);
    for (let n = 20; n < 30; n++) world.group.write(TOPIC.name, 0, 'slow', `s${n}`);
    world.waits.delete('slow');
    gate.resolve();
    await world.until(() => world.effects.length === 50, 'the slow lane has run');
    const { slow } = orders(world.effects);
    expect(slow).toEqual(ascending(slow!));
    expect(world.repeats).toBe(0);
    await world.until(() => world.isCommitted, 'everything is committed');
    // What is received is finished, or parked and finished when it has returned.
    const { received, finished, parked, returned } = world.counts;
    expect(received + returned).toBe(finished + parked);
    expect(parked).toBe(returned);
    expect(world.givenUp).toBeGreaterThan(0);
  });

  it('keeps its handler seeing the record where it was first written', async () => {
    const seen: string[] = [];
    const world = new World();
    let waiting = true;
    const consumer = await world.start({
      handle: async ({ topic, partition, offset, origin }) => {
        if (waiting) return blocked('a long wait', Date.now() + 1);
        seen.push(`${topic}/${partition}/${offset}`, origin);
        return done;
      },
    });
    world.group.rebalance();
    for (let n = 0; n < 8; n++) world.group.write(TOPIC.name, 0, 'a', `a${n}`, n % 3);
    await world.until(() => world.counts.parked >= 6, 'it is parked');
    expect([...consumer.progress()].find(({ topic }) => topic === PARKED)!.parked()).toMatchObject({ keys: 1 });
    waiting = false;
    await world.until(() => seen.length === 16, 'it has run');
    const places = world.group.log(TOPIC.name, 0).flatMap(({ offset }) => {
      const place = `${TOPIC.name}/0/${offset}`;
      return [place, place];
    });
    expect(seen).toEqual(places);
  });

  it('does not delay another lane that is parked behind it and may run sooner', async () => {
    const world = new World();
    await world.start();
    world.group.rebalance();
    const [paused, short] = [deferred(), deferred()];
    // Far more lanes wait for the one thing than are taken in at a time.
    for (let key = 0; key < 40; key++) {
      world.waits.set(`p${key}`, { cause: 'the paused account', until: paused.promise });
      for (let n = 0; n < 3; n++) world.group.write(TOPIC.name, 0, `p${key}`, `p${key}-${n}`);
    }
    for (let key = 0; key < 5; key++) {
      world.waits.set(`s${key}`, { cause: 'the other account', until: short.promise });
      for (let n = 0; n < 3; n++) world.group.write(TOPIC.name, 0, `s${key}`, `s${key}-${n}`);
    }
    await world.until(() => world.counts.received === 135, 'nobody is held up');
    for (let key = 0; key < 5; key++) world.waits.delete(`s${key}`);
    short.resolve();
    await world.until(() => world.effects.length === 15, 'the other account has run');
    expect(Object.keys(orders(world.effects)).sort()).toEqual(['s0', 's1', 's2', 's3', 's4']);
    for (let key = 0; key < 40; key++) world.waits.delete(`p${key}`);
    paused.resolve();
    await world.until(() => world.effects.length === 135, 'the paused account has run');
    for (const offsets of Object.values(orders(world.effects))) expect(offsets).toEqual(ascending(offsets));
  });

  it('has no more in memory than the limits allow, however much is parked', async () => {
    const world = new World();
    const consumer = await world.start();
    world.group.rebalance();
    const gate = deferred();
    let most = 0;
    for (let key = 0; key < 60; key++) world.waits.set(`k${key}`, { cause: `cause ${key % 7}`, until: gate.promise });
    for (let n = 0; n < 600; n++) world.group.write(TOPIC.name, 0, `k${n % 60}`, `r${n}`);
    const watch = () => {
      for (const { topic, records } of consumer.progress()) if (topic === PARKED) most = Math.max(most, records);
      return world.counts.received === 600;
    };
    await world.until(watch, 'nobody is held up');
    for (let key = 0; key < 60; key++) world.waits.delete(`k${key}`);
    gate.resolve();
    await world.until(() => (watch(), world.effects.length === 600), 'all of it has run');
    // A round takes in no lane beyond the limit, and of a lane no more than its window.
    expect(most).toBeLessThanOrEqual(4 + 128);
    for (const offsets of Object.values(orders(world.effects))) expect(offsets).toEqual(ascending(offsets));
  });

  it.each([
    ['before', 0],
    ['after', 5],
  ])('is known to the next owner, who gets the originals again %s it was admitted', async (_when, beats) => {
    const world = new World();
    const first = await world.start();
    world.group.rebalance();
    world.waits.set('slow', { cause: 'a long wait', until: Date.now() + 60_000 });
    for (let n = 0; n < 9; n++) world.group.write(TOPIC.name, 0, 'slow', `s${n}`);
    await world.until(() => world.counts.parked === 9, 'it is parked');
    world.lose(first);
    const gate = deferred();
    world.waits.set('slow', { cause: 'a long wait', until: gate.promise });
    for (let n = 9; n < 12; n++) world.group.write(TOPIC.name, 0, 'slow', `s${n}`);
    world.group.forgetCommits();
    await world.start();
    world.group.rebalance();
    for (let beat = 0; beat < beats; beat++) {
      world.group.beat();
      await turns(20);
    }
    await world.until(() => world.counts.received === 21, 'it has the originals again');
    world.waits.delete('slow');
    gate.resolve();
    await world.until(() => world.effects.length === 12, 'the next owner has run it');
    expect(orders(world.effects).slow).toEqual(Array.from({ length: 12 }, (_, n) => n));
    expect(world.repeats).toBe(0);
    expect(world.group.end(PARKED, 0)).toBeLessThanOrEqual(12);
  });

  it('drops the second copy of a record that was written twice', async () => {
    const world = new World();
    world.group.writeFate = () => 'written twice';
    await world.start();
    world.group.rebalance();
    const gate = deferred();
    world.waits.set('slow', { cause: 'a long wait', until: gate.promise });
    for (let n = 0; n < 9; n++) world.group.write(TOPIC.name, 0, 'slow', `s${n}`);
    await world.until(() => world.counts.parked >= 6, 'it is parked');
    world.waits.delete('slow');
    gate.resolve();
    await world.until(() => world.effects.length === 9 && world.isCommitted, 'it has run');
    expect(world.group.end(PARKED, 0)).toBe(2 * world.counts.parked);
    expect(orders(world.effects).slow).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(world.repeats).toBe(0);
  });

  it('keeps its order when it has to wait again on its way back', async () => {
    const world = new World();
    const consumer = await world.start({ limits: { records: 40, bytes: 1e9, distance: 40 } });
    world.group.rebalance();
    let gate = deferred();
    const stop = () => world.waits.set('slow', { cause: 'a long wait', until: (gate = deferred()).promise });
    const go = () => (world.waits.delete('slow'), gate.resolve());
    stop();
    for (let n = 0; n < 60; n++) world.group.write(TOPIC.name, 0, 'slow', `s${n}`);
    await world.until(() => world.counts.parked >= 40, 'it is parked');
    // In the midst of 1, 2, 4, 8 and 16 copies that were taken in together.
    for (const at of [2, 5, 11, 23]) {
      world.failing = () => (world.effects.length === at ? (stop(), true) : false);
      go();
      await world.until(() => world.effects.length === at && world.waits.has('slow'), 'it waits again');
      const inMemory = () => [...consumer.progress()].find(({ topic }) => topic === PARKED)!.records;
      await world.until(() => inMemory() === 1, 'only its first record is in memory');
    }
    world.failing = () => false;
    go();
    await world.until(() => world.effects.length === 60, 'it has run');
    expect(orders(world.effects).slow).toEqual(Array.from({ length: 60 }, (_, n) => n));
  });

  it('stays in memory when a copy would be too large, and keeps its order', async () => {
    const world = new World();
    world.group.writeFate = ({ headers }) => (headers?.ce_id === 's3' ? 'too large' : 'written');
    await world.start();
    world.group.rebalance();
    const gate = deferred();
    world.waits.set('slow', { cause: 'a long wait', until: gate.promise });
    for (let n = 0; n < 7; n++) world.group.write(TOPIC.name, 0, 'slow', `s${n}`);
    await world.until(() => world.counts.parked === 3, 'the ones before it are parked');
    world.waits.delete('slow');
    gate.resolve();
    await world.until(() => world.effects.length === 7, 'it has run');
    expect(orders(world.effects).slow).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(world.counts.parked).toBe(3);
  });
});

/** One step of a schedule. */
type Action =
  | { do: 'write'; key: number; gap: number }
  | { do: 'block'; key: number; how: 'promise' | 'moment' }
  | { do: 'unblock'; key: number }
  | { do: 'step'; deliver: number }
  | { do: 'lose' | 'join' | 'rebalance' };

const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 16, arbitrary: fc.record({ do: fc.constant('write' as const), key: fc.nat(5), gap: fc.nat(1) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('block' as const),
      key: fc.nat(5),
      how: fc.constantFrom('promise' as const, 'moment' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('unblock' as const), key: fc.nat(5) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('step' as const), deliver: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'join' as const, 'rebalance' as const) }) },
);

describe('over random waits, lost owners, lost answers and late writes', () => {
  it('every record takes effect, once, in the order of its key, and everything is committed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(actions, { minLength: 60, maxLength: 160, size: 'max' }),
        fc.infiniteStream(fc.nat(99)),
        async (schedule, dice) => {
          const world = new World();
          const roll = () => dice.next().value!;
          const gates = new Map<number, ReturnType<typeof deferred>>();
          world.group.writeFate = () => {
            const n = roll();
            return n < 6
              ? 'lost'
              : n < 12
                ? 'written, answer lost'
                : n < 18
                  ? 'late'
                  : n < 24
                    ? 'written twice'
                    : 'written';
          };
          world.group.readFails = () => roll() < 2;
          world.failing = () => roll() < 5;
          const running = [await world.start(), await world.start()];
          world.group.rebalance();
          let written = 0;
          const unblock = (key: number) => {
            world.waits.delete(`k${key}`);
            gates.get(key)?.resolve();
            gates.delete(key);
          };
          for (const action of schedule) {
            if (action.do === 'write') {
              world.group.write(TOPIC.name, action.key % PARTITIONS, `k${action.key}`, `e${written++}`, action.gap);
            } else if (action.do === 'block') {
              unblock(action.key);
              const gate = deferred();
              gates.set(action.key, gate);
              const until = action.how === 'promise' ? gate.promise : Date.now() + (action.key % 3);
              world.waits.set(`k${action.key}`, { cause: `cause ${action.key % 2}`, until });
            } else if (action.do === 'unblock') unblock(action.key);
            else if (action.do === 'step') await world.step(action.deliver);
            else if (action.do === 'join') running.push(await world.start());
            else if (action.do === 'lose') {
              if (running.length > 1) world.lose(running.shift()!);
              world.group.rebalance();
            } else world.group.rebalance();
          }
          for (let key = 0; key <= 5; key++) unblock(key);
          world.group.writeFate = () => 'written';
          world.group.readFails = () => false;
          world.failing = () => false;
          world.group.rebalance();
          await world
            .until(() => world.effects.length === written && world.isCommitted, 'everything is done')
            .catch((error: Error) => {
              throw new Error(`${error.message}: ${world.effects.length} of ${written} took effect`);
            });
          for (const offsets of Object.values(orders(world.effects))) expect(offsets).toEqual(ascending(offsets));
          await Promise.all(open.splice(0).map((consumer) => consumer.stop()));
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});
