import { describe, expect, it } from '@jest/globals';
import { ConnectionSlots, type Claim } from './connection-slots.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Names in the order in which they were woken, and their claims. */
function line(slots: ConnectionSlots) {
  const woken: { name: string; claim: Claim }[] = [];
  const stand = (name: string, priority: 'transactional' | 'campaign' = 'transactional') =>
    void slots.whenFree(priority)?.then((claim) => woken.push({ name, claim }));
  return { woken, stand, names: () => woken.map(({ name }) => name) };
}

describe('connections', () => {
  it('are given out up to their number, and again when given back, once each', () => {
    const slots = new ConnectionSlots(2);
    const [first] = [slots.take(), slots.take()];
    expect(slots.take()).toBeUndefined();
    first!.release();
    first!.release();
    expect([slots.used, typeof slots.take(), slots.take()]).toEqual([1, 'object', undefined]);
  });

  it('that become free wake one who waits each, transactional first', async () => {
    const slots = new ConnectionSlots(1);
    let slot = slots.take()!;
    const { woken, stand, names } = line(slots);
    stand('bulk', 'campaign');
    stand('one');
    stand('two');
    for (const expected of [['one'], ['one', 'two'], ['one', 'two', 'bulk']]) {
      slot.release();
      await settle();
      expect(names()).toEqual(expected);
      slot = slots.take(woken.at(-1)!.claim)!;
    }
    expect(slots.waiting).toBe(0);
  });

  it('claimed by somebody who does not come are offered to the next one', async () => {
    const slots = new ConnectionSlots(1);
    const slot = slots.take()!;
    const { woken, stand, names } = line(slots);
    stand('absent');
    stand('next');
    slot.release();
    await settle();
    expect([names(), slots.whenFree('campaign') === undefined]).toEqual([['absent'], false]);
    woken[0]!.claim.end();
    await settle();
    expect(names()).toEqual(['absent', 'next']);
  });

  it('leave nobody waiting beside a free one when claims run out by themselves', async () => {
    const slots = new ConnectionSlots(1);
    const slot = slots.take()!;
    const everybody = Array.from({ length: 5 }, () => slots.whenFree('transactional')!);
    slot.release();
    await Promise.all(everybody);
    expect(slots.waiting).toBe(0);
  });

  it('are given out no faster than requests get on their way', async () => {
    const slots = new ConnectionSlots(10, 2);
    const [first] = [slots.take(), slots.take()];
    const { stand, names } = line(slots);
    expect(slots.take()).toBeUndefined();
    stand('next');
    first!.underWay();
    first!.underWay();
    await settle();
    expect([names(), slots.used]).toEqual([['next'], 2]);
  });

  it('need no waiting while one is free', () => {
    expect(new ConnectionSlots(1).whenFree('campaign')).toBeUndefined();
  });
});
