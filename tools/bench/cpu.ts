import { readFileSync } from 'node:fs';

/** Linux counts processor time for user space in hundredths of a second on every architecture (USER_HZ). */
const SECONDS_PER_TICK = 0.01;
/** Places of `utime` and `stime` in /proc/PID/stat (proc(5): 14 and 15), counted behind the name in brackets. */
const UTIME = 11;
const STIME = 12;

/** Processor time that a process has used so far, in seconds, all its threads; undefined where /proc does not tell. */
export function cpuSeconds(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold blanks and brackets, what follows its last bracket does not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[UTIME]) + Number(fields[STIME])) * SECONDS_PER_TICK;
  } catch {
    return undefined;
  }
}
