import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { murmur2, partitionOf } from './partition-of.ts';

describe('murmur2', () => {
  // From Apache Kafka's own test of the Java client (UtilsTest.testMurmur2).
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('of %s is what the Java client computes', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });
});

describe('partitionOf', () => {
  it('agrees with the default partitioner of kafkajs for every key', () => {
    const other = Partitioners.DefaultPartitioner();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 100 }), (key, count) => {
        const partitionMetadata = Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 0 }));
        const message = { key, value: '' };
        expect(partitionOf(key, count)).toBe(other({ topic: 't', partitionMetadata, message } as never));
      }),
    );
  });

  it('takes a key as text or as bytes', () => {
    expect(partitionOf(Buffer.from('größe'), 12)).toBe(partitionOf('größe', 12));
  });
});
