import { describe, expect, it } from '@jest/globals';
import { InFlight } from './in-flight.ts';

describe('what is in flight', () => {
  it('is accepted and has not ended, whichever of the two is heard of first', () => {
    const inFlight = new InFlight();
    inFlight.accept('a');
    inFlight.accept('b');
    inFlight.end('c');
    inFlight.accept('c');
    inFlight.end('a');
    inFlight.end('a');
    expect(inFlight.count).toBe(1);
    expect(inFlight.hasEnded('c')).toBe(true);
  });
});

describe('a strike', () => {
  it('hits what is in flight then, and is over when the last of that has ended', () => {
    const inFlight = new InFlight();
    for (const id of ['a', 'b', 'c']) inFlight.accept(id);
    inFlight.end('a', 1);
    const strike = inFlight.strike('a fault', 10);
    inFlight.accept('d');
    inFlight.end('b', 20);
    expect(strike).toEqual({ what: 'a fault', at: 10, inFlight: 2 });
    inFlight.end('c', 30);
    expect(strike.recoveredAt).toBe(30);
    inFlight.end('d', 40);
    expect(inFlight.strikes).toEqual([{ what: 'a fault', at: 10, inFlight: 2, recoveredAt: 30 }]);
  });
});
