import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '../wait-for.ts';
import { identify, isRunning, type ProcessIdentity } from './process-identity.ts';

/** A child that was started, and who is to end it. */
interface PidFile {
  readonly name: string;
  readonly child: ProcessIdentity;
  readonly owner: ProcessIdentity;
}

/** Remembers a child of this process, so that a later start can end it should this process be killed. Returns the file. */
export function writePidFile(folder: string, name: string, pid: number): string | undefined {
  const child = identify(pid);
  const owner = identify(process.pid);
  if (!child || !owner) return undefined;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}-${pid}.pid.json`);
  writeFileSync(file, JSON.stringify({ name, child, owner } satisfies PidFile));
  return file;
}

/**
 * Ends children whose owner was killed before it could. A pid that meanwhile belongs to another process, and children
 * of an owner that still runs, are left alone.
 *
 * @param graceMs how long a process may take to end by itself before it is killed
 * @returns the names of what was ended
 */
export async function endLeftovers(folder: string, graceMs = 10_000): Promise<string[]> {
  const ended: string[] = [];
  const waits: Promise<void>[] = [];
  for (const file of pidFiles(folder)) {
    const entry = readPidFile(file);
    if (entry && isRunning(entry.owner)) continue;
    if (entry && isRunning(entry.child)) {
      ended.push(entry.name);
      waits.push(end(entry.child, graceMs));
    }
    rmSync(file, { force: true });
  }
  await Promise.all(waits);
  return ended;
}

function pidFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.pid.json'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function readPidFile(file: string): PidFile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PidFile;
  } catch {
    // Cut off by a kill while it was written: it names nobody.
    return undefined;
  }
}

async function end(child: ProcessIdentity, graceMs: number): Promise<void> {
  const gone = (): boolean => !isRunning(child);
  signal(child.pid, 'SIGCONT');
  signal(child.pid, 'SIGTERM');
  try {
    await waitFor(gone, { timeoutMs: graceMs, description: `${child.pid} ends` });
  } catch {
    if (!gone()) signal(child.pid, 'SIGKILL');
    await waitFor(gone, { description: `${child.pid} is gone after SIGKILL` });
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Ended in between.
  }
}
