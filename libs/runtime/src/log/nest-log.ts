import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.ts';

/** What Nest reports while it wires an application; of use only when that fails. */
const WIRING = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'NestMicroservice',
]);

type Extra = readonly unknown[];

/** Nest's logger interface over `Log`, so that the framework's lines look like all others. */
export class NestLog implements LoggerService {
  constructor(private readonly target: Log) {}

  log(message: unknown, ...extra: Extra): void {
    const { context } = read(extra);
    if (context !== undefined && WIRING.has(context)) this.write('debug', message, extra);
    else this.write('info', message, extra);
  }

  error(message: unknown, ...extra: Extra): void {
    this.write('error', message, extra);
  }

  warn(message: unknown, ...extra: Extra): void {
    this.write('warn', message, extra);
  }

  debug(message: unknown, ...extra: Extra): void {
    this.write('debug', message, extra);
  }

  verbose(message: unknown, ...extra: Extra): void {
    this.write('debug', message, extra);
  }

  fatal(message: unknown, ...extra: Extra): void {
    this.write('fatal', message, extra);
  }

  private write(level: 'debug' | 'info' | 'warn' | 'error' | 'fatal', message: unknown, extra: Extra): void {
    const fields = read(extra);
    if (message instanceof Error) this.target[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'string') this.target[level]({ ...fields }, message);
    else this.target[level]({ ...fields, detail: message }, 'framework message');
  }
}

/** Nest passes the context last and, for errors, the stack before it; a stack is the one with line breaks. */
function read(extra: Extra): { context?: string; stack?: string } {
  const texts = extra.filter((item): item is string => typeof item === 'string');
  const stack = texts.find((text) => text.includes('\n'));
  const context = texts.findLast((text) => !text.includes('\n'));
  return { ...(context !== undefined && { context }), ...(stack !== undefined && { stack }) };
}
