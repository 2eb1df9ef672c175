import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '../wait-for.ts';
import { ManagedProcess } from './managed-process.ts';
import { endLeftovers } from './pid-files.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

const FOREVER = ['-e', 'setInterval(() => {}, 1000)'];
const SOMEBODY_WHO_ENDED: ProcessIdentity = { pid: 4_000_000, startedAt: '1', command: 'node gone.js' };

describe('child processes', () => {
  let folder: string;
  let child: ManagedProcess;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'processes-'));
    const log = join(folder, 'child.log');
    child = await ManagedProcess.start({
      name: 'child',
      command: process.execPath,
      args: FOREVER,
      logFile: log,
      pidFolder: folder,
    });
  });

  afterEach(async () => {
    await child.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  const pidFiles = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.pid.json'));
  const writePidFile = (owner: ProcessIdentity, of: Partial<ProcessIdentity> = {}): void => {
    const file = { name: 'child', owner, child: { ...identify(child.pid), ...of } };
    writeFileSync(join(folder, pidFiles()[0] ?? 'none'), JSON.stringify(file));
  };

  it('a child whose owner still runs is left alone', async () => {
    expect(await endLeftovers(folder)).toEqual([]);
    expect(child.ending).toBeUndefined();
  });

  it('a child whose owner was killed is ended, and its file removed', async () => {
    writePidFile(SOMEBODY_WHO_ENDED);
    expect(await endLeftovers(folder)).toEqual(['child']);
    expect(await child.ended).toEqual({ code: null, signal: 'SIGTERM' });
    expect(pidFiles()).toEqual([]);
  });

  it('a process that took over the pid of a child is left alone', async () => {
    writePidFile(SOMEBODY_WHO_ENDED, { startedAt: 'earlier' });
    expect(await endLeftovers(folder)).toEqual([]);
    expect(child.ending).toBeUndefined();
  });

  it('a file that was cut off while it was written is removed', async () => {
    writeFileSync(join(folder, 'half-1.pid.json'), '{"name":"ha');
    expect(await endLeftovers(folder)).toEqual([]);
    expect(pidFiles()).toHaveLength(1);
  });

  it('stopping removes the file', async () => {
    await child.stop();
    expect(pidFiles()).toEqual([]);
  });

  it('a child that ignores SIGTERM is killed when its grace is over', async () => {
    const stubborn = "process.on('SIGTERM', () => {}); console.log('deaf'); setInterval(() => {}, 1000)";
    const logFile = join(folder, 'stubborn.log');
    const other = await ManagedProcess.start({
      name: 'stubborn',
      command: process.execPath,
      args: ['-e', stubborn],
      logFile,
      pidFolder: folder,
    });
    await waitFor(() => other.lastLogLines().includes('deaf'), { description: 'the child ignores SIGTERM' });
    expect((await other.stop(50)).signal).toBe('SIGKILL');
  });

  it('an ended process is not running, even before its parent has collected it', async () => {
    const identity = identify(child.pid);
    expect(identity && isRunning(identity)).toBe(true);
    await child.kill();
    expect(identity && isRunning(identity)).toBe(false);
  });

  it('a command that does not exist is an error with its name', async () => {
    const start = ManagedProcess.start({
      name: 'ghost',
      command: '/no/such/thing',
      args: [],
      logFile: join(folder, 'x.log'),
      pidFolder: folder,
    });
    await expect(start).rejects.toThrow('cannot start ghost');
  });
});
