import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/** What `--help` prints. */
export interface Usage {
  /** As it is typed, for example `npm start`. */
  command: string;
  does: string;
  /** Name, with value where it takes one, and meaning. */
  options: Record<string, string>;
}

/** Prints the usage when it is asked for, and ends. */
export function helpOnRequest({ command, does, options }: Usage): void {
  if (!process.argv.includes('--help') && !process.argv.includes('-h')) return;
  const all = { ...options, '--help': 'show this' };
  const width = Math.max(...Object.keys(all).map((name) => name.length));
  const lines = Object.entries(all).map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`);
  console.log([`${command} -- [options]`, '', does, '', ...lines].join('\n'));
  process.exit(0);
}

/** Reads options that take no value. Unknown ones end the tool with one sentence. */
export function readFlags<Name extends string>(...names: Name[]): Record<Name, boolean> {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'boolean' }])) as ParseArgsOptionsConfig;
  try {
    const { values } = parseArgs({ options, strict: true });
    return Object.fromEntries(names.map((name) => [name, values[name] === true])) as Record<Name, boolean>;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

/** Ends the tool with one sentence that says why. */
export function refuse(reason: string): never {
  console.error(reason);
  process.exit(1);
}

/** Seconds since a moment of `performance.now()`, for people. */
export function secondsSince(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
