import { Log, type LogFormat, type LogOptions } from './log.ts';

/** Opens a log in the wanted format. pino-pretty is loaded only for `pretty`, so production does not pay for it. */
export async function openLog(options: LogOptions & { readonly format: LogFormat }): Promise<Log> {
  if (options.format === 'json' || options.destination) return Log.open(options);
  const { default: pretty } = await import('pino-pretty');
  const destination = pretty({ sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l', ignore: 'service' });
  return Log.open({ ...options, destination });
}
