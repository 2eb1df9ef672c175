import { describe, expect, it } from '@jest/globals';
import { VirtualProcess } from './virtual-process.ts';
import { VirtualTime } from './virtual-time.ts';

describe('virtual time', () => {
  it('runs what was planned in the order of its moments, then of its planning', async () => {
    const time = new VirtualTime(0);
    const ran: string[] = [];
    for (const [name, moment] of [
      ['c', 9],
      ['a', 5],
      ['b', 5],
      ['d', 11],
    ] as const) {
      time.at(moment, () => ran.push(`${name}@${time.now}`));
    }
    time.at(6, () => ran.push('cancelled'))();
    await time.runUntil(10);
    expect(ran).toEqual(['a@5', 'b@5', 'c@9']);
    expect(time.now).toBe(10);
  });

  it('stands still while something is held, and goes on with what comes of it first', async () => {
    const time = new VirtualTime(0);
    const ran: string[] = [];
    time.at(1, () => {
      const really = new Promise((resolve) => setTimeout(resolve, 5));
      time.watch(time.hold(really).then(() => time.at(1, () => ran.push('after it'))));
    });
    time.at(2, () => ran.push('later'));
    await time.runUntil(2);
    expect(ran).toEqual(['after it', 'later']);
  });

  it('ends with what somebody watched rejects with', async () => {
    const time = new VirtualTime(0);
    time.watch(time.pass(3).then(() => Promise.reject(new Error('broken'))));
    await expect(time.runUntil(5)).rejects.toThrow('broken');
    expect(time.now).toBe(3);
  });
});

describe('a virtual process', () => {
  it('has a clock of its own, ahead by its offset and as fast as its rate', async () => {
    const time = new VirtualTime(1_000);
    const process = new VirtualProcess(time, 50, 2);
    expect(process.now()).toBe(2_050);
    const moments: number[] = [];
    process.after(10, () => moments.push(time.now, process.now()));
    await time.runUntil(2_000);
    expect(moments).toEqual([1_005, 2_060]);
  });

  it('does nothing while it is stalled, and everything afterwards; nothing once it has ended', async () => {
    const time = new VirtualTime(0);
    const process = new VirtualProcess(time);
    const ran: number[] = [];
    for (const ms of [1, 5, 8, 30]) process.after(ms, () => ran.push(time.now));
    time.at(2, () => process.stall(10));
    time.at(20, () => process.end());
    await time.runUntil(40);
    expect(ran).toEqual([1, 12, 12]);
  });
});
