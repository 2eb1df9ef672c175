import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Place, Watermark } from './watermark.ts';

describe('watermark', () => {
  it('is the lowest unfinished offset, or the highest seen plus one', () => {
    const watermark = new Watermark();
    expect(watermark.value).toBeUndefined();
    const records = [3, 4, 9].map((offset) => new Place(offset, undefined));
    records.forEach((record) => expect(watermark.see(record)).toBe(true));
    expect(watermark.value).toBe(3);
    records[1]!.finish();
    expect(watermark.value).toBe(3);
    records[0]!.finish();
    expect(watermark.value).toBe(9);
    expect(watermark.distance).toBe(1);
    records[2]!.finish();
    expect(watermark.value).toBe(10);
    expect(watermark.distance).toBe(0);
  });

  it('does not see an offset twice', () => {
    const watermark = new Watermark();
    expect(watermark.see(new Place(5, undefined))).toBe(true);
    expect(watermark.see(new Place(5, undefined))).toBe(false);
    expect(watermark.see(new Place(4, undefined))).toBe(false);
  });

  it('never passes an unfinished offset, whatever the gaps and the order of finishing', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 }),
        fc.infiniteStream(fc.nat()),
        (offsets, picks) => {
          const watermark = new Watermark();
          const open = [...offsets].sort((a, b) => a - b).map((offset) => new Place(offset, undefined));
          open.forEach((record) => watermark.see(record));
          const highest = open.at(-1)!.offset;
          while (open.length > 0) {
            expect(watermark.value).toBe(Math.min(...open.map((record) => record.offset)));
            open.splice(picks.next().value! % open.length, 1)[0]!.finish();
          }
          expect(watermark.value).toBe(highest + 1);
        },
      ),
    );
  });
});
