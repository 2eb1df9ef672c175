import { parseArgs } from 'node:util';
import { Refused } from './refused.ts';

/** What was asked for on the command line. */
export interface Options {
  /** A folder, or the name of a template. */
  readonly target: string | undefined;
  readonly offline: boolean;
  readonly prune: boolean;
  readonly wait: boolean;
  readonly json: boolean;
  readonly account: string | undefined;
  readonly url: string | undefined;
  readonly key: string | undefined;
}

const FLAG = { type: 'boolean', default: false } as const;
const VALUE = { type: 'string' } as const;
const OPTIONS = {
  ...{ offline: FLAG, prune: FLAG, wait: FLAG, json: FLAG },
  ...{ account: VALUE, url: VALUE, key: VALUE },
};

/** @throws Refused for what nobody knows */
export function readOptions(args: string[], commands: readonly string[]): { command: string; options: Options } {
  let parsed;
  try {
    parsed = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new Refused((error as Error).message.split('. ')[0] ?? 'the options cannot be read');
  }
  const [command = '', target, ...more] = parsed.positionals;
  if (!commands.includes(command)) {
    throw new Refused(
      `${command === '' ? 'Name a command' : `There is no command "${command}"`}: ${commands.join(', ')} (--help says more).`,
    );
  }
  if (more.length > 0) throw new Refused(`Too much: ${more.join(' ')}`);
  return { command, options: { account: undefined, url: undefined, key: undefined, ...parsed.values, target } };
}
