import { describe, expect, it } from '@jest/globals';
import { evidenceOf, saturatedRate } from './evidence.ts';
import type { Arrival } from './provider-process.ts';

const arrival = (at: number, conversation: number, sequence: number, throttled = false, account = 'a'): Arrival => [
  account,
  at,
  `${conversation} ${sequence} 1000 Hello`,
  throttled,
];

describe("the provider's log", () => {
  it('tells what was taken, turned away and swapped, and how long it waited', () => {
    const arrivals = [arrival(1010, 1, 0), arrival(1020, 2, 0), arrival(1030, 1, 1, true), arrival(1040, 1, 2)];
    expect(evidenceOf([...arrivals, arrival(1050, 1, 1)])).toEqual({
      accepted: 4,
      throttled: 1,
      swapped: 1,
      p99WaitMs: 50,
      lastAt: 1050,
    });
  });

  it('counts a rate only while every account had something to send', () => {
    const a = [0, 100, 200, 300, 400].map((at) => arrival(1000 + at, 1, at));
    const b = [0, 100, 200].map((at) => arrival(1000 + at, 2, at, false, 'b'));
    expect(saturatedRate([...a, ...b], 1100)).toBe(20);
  });
});
