import type { Readiness } from '../health/readiness.ts';
import type { Log } from '../log/log.ts';

const POLL_MS = 100;

/**
 * Logs `ready` with the address, once, as soon as every readiness check is content: when it returns if they are by then,
 * else later. While it waits it logs what for, whenever that changes.
 *
 * @returns stops waiting
 */
export async function announceReady(readiness: Readiness, address: string, log: Log): Promise<() => void> {
  const begun = performance.now();
  let waitingFor = '';
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = async (): Promise<void> => {
    const problems = await readiness.problems();
    if (stopped) return;
    if (Object.keys(problems).length === 0) {
      log.info({ address, uptimeMs: Math.round(process.uptime() * 1000) }, 'ready');
      return;
    }
    if (JSON.stringify(problems) !== waitingFor) {
      waitingFor = JSON.stringify(problems);
      log.info({ address, problems, waitedMs: Math.round(performance.now() - begun) }, 'not ready yet');
    }
    timer = setTimeout(() => void look(), POLL_MS);
  };
  await look();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
