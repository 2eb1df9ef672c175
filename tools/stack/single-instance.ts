import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identify, isRunning, type ProcessIdentity } from '@heliograph/testing';

/** Thrown when another start is still running. */
export class AlreadyRunning extends Error {
  readonly pid: number;
  constructor(pid: number) {
    super(`It is already running (process ${pid}); stop that one first.`);
    this.pid = pid;
  }
}

/**
 * Takes the one place for a running stack. What a killed process left behind is taken over: the file names its pid, its
 * start and its command line.
 *
 * @returns gives the place back
 * @throws AlreadyRunning
 */
export function claimInstance(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const holder = readHolder(file);
  if (holder && isRunning(holder)) throw new AlreadyRunning(holder.pid);
  rmSync(file, { force: true });
  // Of two that come at the same moment, the second finds the file of the first.
  writeFileSync(file, JSON.stringify(identify(process.pid)), { flag: 'wx' });
  return () => rmSync(file, { force: true });
}

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
