import { pino, type DestinationStream, type Logger } from 'pino';
import { traceIdOf, currentTraceparent } from '../tracing.ts';
import { redact } from './redact.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const LOG_FORMATS = ['json', 'pretty'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export type LogFields = Readonly<Record<string, unknown>>;

export interface LogOptions {
  /** The service's name, in every line. */
  readonly service: string;
  readonly level?: LogLevel;
  /** Where lines go; standard output when absent. Lines are written before the call returns, so a crash loses none. */
  readonly destination?: DestinationStream;
}

/**
 * The log of a service: one JSON object per line. Fields come first and the message last, as in pino; an error goes into
 * the field `err`. Every line passes `redact`, and carries the trace it was written under.
 */
export class Log {
  private constructor(private readonly lines: Logger) {}

  static open({ service, level = 'info', destination }: LogOptions): Log {
    const lines = pino(
      {
        level,
        base: { service },
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }), log: redact },
        serializers: { err: (err: unknown) => err },
        mixin: () => {
          const traceparent = currentTraceparent();
          return traceparent === undefined ? {} : { trace: traceIdOf(traceparent) };
        },
      },
      destination ?? pino.destination({ fd: 1, sync: true }),
    );
    return new Log(lines);
  }

  /** A log that adds `fields` to each of its lines. */
  child(fields: LogFields): Log {
    return new Log(this.lines.child(redact(fields)));
  }

  debug(message: string): void;
  debug(fields: LogFields, message: string): void;
  debug(...line: Line): void {
    this.write('debug', line);
  }

  info(message: string): void;
  info(fields: LogFields, message: string): void;
  info(...line: Line): void {
    this.write('info', line);
  }

  warn(message: string): void;
  warn(fields: LogFields, message: string): void;
  warn(...line: Line): void {
    this.write('warn', line);
  }

  error(message: string): void;
  error(fields: LogFields, message: string): void;
  error(...line: Line): void {
    this.write('error', line);
  }

  /** For the last line of a process that cannot go on. */
  fatal(message: string): void;
  fatal(fields: LogFields, message: string): void;
  fatal(...line: Line): void {
    this.write('fatal', line);
  }

  private write(level: 'debug' | 'info' | 'warn' | 'error' | 'fatal', line: Line): void {
    if (line.length === 1) this.lines[level](line[0]);
    else this.lines[level](line[0], line[1]);
  }
}

type Line = [message: string] | [fields: LogFields, message: string];
