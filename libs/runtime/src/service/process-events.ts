import type { Log } from '../log/log.ts';
import { fatal } from './process-log.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Ends the process with its service: on SIGTERM or SIGINT it stops and exits with 0, or with 1 when it did not stop
 * cleanly or not within the grace time. Further signals change nothing: the deadline is running already. An error that
 * nobody caught ends the process at once.
 *
 * @returns detaches the listeners
 */
export function followProcess(stop: () => Promise<void>, shutdownGraceMs: number, log: Log): () => void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    log.info({ signal, graceMs: shutdownGraceMs }, 'stopping');
    setTimeout(() => fatal(`not stopped within ${shutdownGraceMs} ms`), shutdownGraceMs);
    stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  const onError = (reason: unknown): void => fatal(reason instanceof Error ? reason : String(reason));
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
    process.off('uncaughtException', onError);
    process.off('unhandledRejection', onError);
  };
}
