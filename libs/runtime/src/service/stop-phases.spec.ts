import { describe, expect, it } from '@jest/globals';
import { Log } from '../log/log.ts';
import { PHASE_SHARES, phaseMs, runPhases } from './stop-phases.ts';

const silent = Log.open({ service: 'sample', level: 'silent' });

describe('runPhases', () => {
  it('fits all phases into the grace time', () => {
    const shares = Object.values(PHASE_SHARES).reduce((sum, share) => sum + share, 0);
    expect(shares).toBeLessThan(1);
    expect([phaseMs('consumers', 20_000), phaseMs('requests', 20_000), phaseMs('clients', 20_000)]).toEqual([
      12_000, 2000, 5000,
    ]);
  });

  it('runs them one after the other', async () => {
    const order: string[] = [];
    const phase = (name: 'consumers' | 'clients') => ({
      name,
      run: async () => {
        order.push(`${name} begins`);
        await new Promise((resolve) => setImmediate(resolve));
        order.push(`${name} ends`);
      },
    });
    await expect(runPhases([phase('consumers'), phase('clients')], 1000, silent)).resolves.toBe(true);
    expect(order).toEqual(['consumers begins', 'consumers ends', 'clients begins', 'clients ends']);
  });

  it('gives up a phase that overruns or fails, goes on with the next, and reports that it was not clean', async () => {
    const ran: string[] = [];
    const clean = await runPhases(
      [
        { name: 'consumers', run: () => new Promise(() => ran.push('stuck')) },
        { name: 'requests', run: () => Promise.reject(new Error('broken')) },
        { name: 'clients', run: async () => ran.push('closed') },
      ],
      100,
      silent,
    );
    expect(clean).toBe(false);
    expect(ran).toEqual(['stuck', 'closed']);
  });
});
