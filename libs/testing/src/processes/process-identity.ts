import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Names one process for good. A pid alone is used again by the system after its process has ended, so the moment it
 * started and its command line belong to it.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
  readonly command: string;
}

/** Reads who runs under a pid now; undefined when nobody does (a zombie does not run). */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  } catch {
    return undefined;
  }
}

/** True when the process that was identified still runs, and not another one under its pid. */
export function isRunning(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== undefined && now.startedAt === identity.startedAt && now.command === identity.command;
}

function fromProc(pid: number): ProcessIdentity | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name in parentheses and may hold spaces; state is field 3 and starttime field 22 (proc(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  return { pid, startedAt: fields[19] ?? '', command };
}

function fromPs(pid: number): ProcessIdentity | undefined {
  const env = { ...process.env, LC_ALL: 'C' };
  const args = ['-ww', '-o', 'lstart=,state=,command=', '-p', String(pid)];
  const line = execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env }).trim();
  const match = /^(\w+ +\w+ +\d+ +[\d:]+ +\d+) +(\S+) +(.*)$/s.exec(line);
  if (!match || match[2]?.startsWith('Z')) return undefined;
  return { pid, startedAt: match[1] ?? '', command: match[3] ?? '' };
}
