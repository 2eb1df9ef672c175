import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { roomsOf, windowOf, type Contender } from './shares.ts';

const contender = (index: number, over: Partial<Contender>): Contender => ({
  ...{ campaignId: `c${index}`, sender: 'alerts', given: 0, wants: true, most: Infinity },
  ...over,
});

const contenders = fc
  .array(
    fc.record({
      sender: fc.constantFrom('alerts', 'offers'),
      given: fc.nat(100),
      wants: fc.boolean(),
      most: fc.constantFrom(Infinity, 1, 10),
    }),
    { maxLength: 12 },
  )
  .map((all) => all.map((over, index) => contender(index, over)));

describe('what a sender may have under way', () => {
  it('is two seconds of what ended lately, within its bounds', () => {
    const bounds = { least: 64, most: 2_048 };
    expect([0, 64, 500, 9_000].map((ended) => windowOf(ended, bounds))).toEqual([64, 64, 500, 2_048]);
  });

  it('is never exceeded by its campaigns together, nor by one beyond its share or its own pace', () => {
    fc.assert(
      fc.property(contenders, fc.integer({ min: 1, max: 300 }), (all, window) => {
        const rooms = roomsOf(all, () => window);
        for (const sender of ['alerts', 'offers']) {
          const own = all.filter((one) => one.sender === sender);
          const given = own.reduce((sum, one) => sum + one.given, 0);
          const more = own.reduce((sum, { campaignId }) => sum + (rooms.get(campaignId) ?? 0), 0);
          expect(given + more).toBeLessThanOrEqual(Math.max(given, window));
        }
        for (const { campaignId, wants, most, given } of all) {
          const room = rooms.get(campaignId) ?? 0;
          expect(room).toBeGreaterThanOrEqual(0);
          if (!wants) expect(room).toBe(0);
          if (room > 0) expect(given + room).toBeLessThanOrEqual(most);
        }
      }),
    );
  });

  it('is had by its campaigns in equal parts after a few rounds, wherever they began', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), (begun) => {
        const window = 60;
        let given = begun;
        // Each round a few of everybody's end, and rooms are filled.
        for (let round = 0; round < 40; round++) {
          given = given.map((count) => Math.max(0, count - 3));
          const rooms = roomsOf(
            given.map((count, index) => contender(index, { given: count })),
            () => window,
          );
          given = given.map((count, index) => count + (rooms.get(`c${index}`) ?? 0));
        }
        expect(Math.max(...given) - Math.min(...given)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('leaves none of many campaigns out for ever', () => {
    const all = Array.from({ length: 10 }, (_, index) => contender(index, {}));
    const rooms = roomsOf(all, () => 4);
    expect([...rooms.values()].reduce((sum, room) => sum + room, 0)).toBe(4);
    const rest = all.map((one) => ({ ...one, given: rooms.get(one.campaignId)! }));
    const freed = roomsOf(
      rest.map((one, index) => (index < 2 ? { ...one, given: 0 } : one)),
      () => 4,
    );
    expect([...freed.values()].every((room) => room <= 1)).toBe(true);
  });
});
