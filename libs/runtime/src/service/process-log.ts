import { Log } from '../log/log.ts';

let current: Log | undefined;

/** The log of this process; JSON on standard output until a service has opened its own. */
export function processLog(): Log {
  return (current ??= Log.open({ service: 'heliograph' }));
}

export function useAsProcessLog(log: Log): void {
  current = log;
}

/** For what the process cannot recover from, such as a crashed consumer: one log line, then the exit with code 1. */
export function fatal(reason: string | Error): never {
  if (reason instanceof Error) processLog().fatal({ err: reason }, reason.message);
  else processLog().fatal(reason);
  process.exit(1);
}
