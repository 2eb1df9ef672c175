import { readFileSync } from 'node:fs';
import { runCommand } from '@heliograph/testing';

const KIB_PER_MIB = 1024;

/** Resident memory of a process in MiB, as the operating system counts it: Linux tells it in a file, others by `ps`. */
export async function residentMiB(pid: number): Promise<number> {
  const kib = fromProc(pid) ?? Number((await runCommand('ps', ['-o', 'rss=', '-p', String(pid)])).trim());
  if (!(kib > 0)) throw new Error(`the memory of process ${pid} cannot be read`);
  return kib / KIB_PER_MIB;
}

function fromProc(pid: number): number | undefined {
  try {
    const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Number(found[1]) : undefined;
  } catch {
    return undefined;
  }
}
