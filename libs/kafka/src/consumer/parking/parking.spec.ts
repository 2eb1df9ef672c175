import { afterEach, describe, expect, it } from '@jest/globals';
import { EVENTS, TOPICS } from '@heliograph/contracts';
import { sendMessage } from '@heliograph/testing';
import { blocked, done } from '../../outcome.ts';
import { turns } from '../../spec-support/memory-group.ts';
import { ascending, deferred, orders, PARKED, stopAll, TOPIC, World } from '../../spec-support/parking-world.ts';

afterEach(stopAll);

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

  it('comes back though a member of an older version assigns nobody the parked topic', async () => {
    const world = new World();
    world.group.unassigned.add(PARKED);
    await world.start();
    world.group.rebalance();
    const gate = deferred();
    world.waits.set('slow', { cause: 'a long wait', until: gate.promise });
    for (let n = 0; n < 9; n++) world.group.write(TOPIC.name, 0, 'slow', `s${n}`);
    await world.until(() => world.counts.parked >= 6, 'it is parked');
    world.waits.delete('slow');
    gate.resolve();
    await world.until(() => world.effects.length === 9, 'it has run');
    expect(orders(world.effects).slow).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
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

describe('a lane of prioritised inputs whose second input is parked', () => {
  it('runs what comes of the first one at once, and the second one in order when it may', async () => {
    const second = TOPICS.conversationCommand;
    const world = new World([TOPIC, second]);
    const command = sendMessage();
    const key = command.conversationId;
    const gate = deferred();
    let waiting = true;
    const ran: string[] = [];
    await world.start({
      prioritised: true,
      handle: async ({ topic, offset }) => {
        if (topic === second.name && waiting) return blocked('waits for its hour', gate.promise);
        ran.push(`${topic === TOPIC.name ? 'first' : 'second'} ${offset}`);
        return done;
      },
    });
    world.group.rebalance();
    const { type } = EVENTS.sendMessage;
    for (let n = 0; n < 8; n++) world.group.writeEvent(second.name, 0, key, { id: `c${n}`, type, data: command });
    await world.until(() => world.counts.parked >= 4 && world.counts.received === 8, 'the second input is parked');
    for (let n = 0; n < 3; n++) world.group.write(TOPIC.name, 0, key, `t${n}`);
    await world.until(() => ran.length === 3, 'the first input has run');
    waiting = false;
    gate.resolve();
    await world.until(() => ran.length === 11 && world.isCommitted, 'all of it has run');
    const inOrder = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name} ${n}`);
    expect(ran).toEqual([...inOrder('first', 3), ...inOrder('second', 8)]);
  });
});
