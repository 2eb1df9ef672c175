import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { devFolder, workspaceRoot } from '@heliograph/testing';
import type { Row } from './row.ts';
import { SCENARIOS } from './scenarios/scenarios.ts';

interface Report {
  seed: number;
  rows: Row[];
}

/** Runs the command as a person would; it ends with this process, also when this one is killed. */
function chaos(...args: string[]): Promise<{ code: number | null; said: string }> {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const tool = join(workspaceRoot(), 'tools', 'chaos.ts');
    const child = spawn(process.execPath, [tool, ...args], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let said = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', reject).once('exit', (code) => resolve({ code, said }));
  });
}

describe('a short fault run', () => {
  it('loses nothing, swaps nothing and repeats nothing silently, whatever is killed, flushed, throttled or repeated', async () => {
    mkdirSync(devFolder('chaos'), { recursive: true });
    const json = devFolder('chaos', `short-${process.pid}.json`);
    const { code, said } = await chaos('--short', '--json', json);
    if (code !== 0) throw new Error(`npm run chaos -- --short ended with code ${code}:\n${said}`);
    const { seed, rows } = JSON.parse(readFileSync(json, 'utf8')) as Report;
    expect(said).toContain(`seed ${seed}`);
    expect(rows.map(({ scenario }) => scenario)).toEqual(
      SCENARIOS.filter(({ isShort }) => isShort).map(({ name }) => name),
    );
    for (const row of rows) {
      expect(row).toMatchObject({ lost: 0, repeatedSilent: 0, swapped: 0, problem: null });
      expect(row.in).toBe(row.done + row.skipped + row.dead);
      expect(row.inFlightAtFault).toBeGreaterThanOrEqual(500);
    }
    // The faults did bite.
    const of = (name: string): Row => rows.find(({ scenario }) => scenario === name)!;
    expect(of('dispatcher-before-answer').repeatedMarked).toBeGreaterThan(0);
    expect(of('provider-throttle-named').throttled).toBeGreaterThan(0);
    expect(of('webhooks-disordered').skipped).toBeGreaterThan(0);
  }, 600_000);
});
