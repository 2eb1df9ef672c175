import { describe, expect, it } from '@jest/globals';
import { cpuSeconds } from './cpu.ts';

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('the processor time of a process', () => {
  onLinux('is what the process itself is told', () => {
    const until = performance.now() + 200;
    while (performance.now() < until) Math.sqrt(until);
    const { user, system } = process.cpuUsage();
    const own = (user + system) / 1e6;
    expect(Math.abs((cpuSeconds(process.pid) ?? 0) - own)).toBeLessThan(0.1 + own / 20);
  });

  it('of a process that does not exist is unknown', () => {
    expect(cpuSeconds(2 ** 30)).toBeUndefined();
  });
});
