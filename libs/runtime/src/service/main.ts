import type { LogFields } from '../log/log.ts';
import { giveBackHeap } from './give-back-heap.ts';
import { processLog } from './process-log.ts';

/**
 * The whole of a service's `main.ts`: `await main(() => runService({ …, config: loadConfig(…) }))`. What keeps it from
 * starting, the configuration included, becomes one log line and exit code 1.
 */
export async function main(start: () => Promise<unknown>): Promise<void> {
  try {
    await start();
    await giveBackHeap();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    processLog().fatal(details(error), `cannot start: ${reason}`);
    process.exit(1);
  }
}

/** An error that lists problems of what somebody wrote says all there is to say; any other shows where it came from. */
function details(error: unknown): LogFields {
  const { problems } = (error ?? {}) as { problems?: unknown };
  return Array.isArray(problems) ? { problems } : { err: error };
}
