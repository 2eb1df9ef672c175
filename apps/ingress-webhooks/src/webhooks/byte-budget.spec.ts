import { describe, expect, it } from '@jest/globals';
import { ByteBudget } from './byte-budget.ts';

describe('the byte budget', () => {
  it('never holds more than its limit, and everything given back can be taken again', () => {
    const budget = new ByteBudget(100);
    expect([budget.take(60), budget.take(41), budget.take(40), budget.take(1)]).toEqual([true, false, true, false]);
    budget.give(60);
    expect(budget.inUse).toBe(40);
    expect(budget.take(60)).toBe(true);
  });
});
