import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface BenchOptions<Name extends string> {
  /** Which benchmarks run; all when nothing was chosen. */
  only: readonly Name[];
  /** Shorter runs, for a look. */
  short: boolean;
  /** Where the figures go as JSON. */
  json: string | undefined;
}

/** Reads the command line. @throws Error with one sentence that says what is wrong */
export function readOptions<Name extends string>(args: string[], names: readonly Name[]): BenchOptions<Name> {
  const { values } = parseArgs({
    args,
    strict: true,
    options: { json: { type: 'string' }, only: { type: 'string', multiple: true }, short: { type: 'boolean' } },
  });
  const chosen = (values.only ?? []).map((name) => known(name, names));
  return {
    only: chosen.length > 0 ? chosen : names,
    short: values.short === true,
    json: values.json === undefined ? undefined : writable(values.json),
  };
}

function known<Name extends string>(name: string, names: readonly Name[]): Name {
  const found = names.find((one) => one === name);
  if (found === undefined) throw new Error(`--only ${name}: there is no such benchmark; there are ${names.join(', ')}`);
  return found;
}

/** Found out before anything is measured, since measuring takes minutes. */
function writable(file: string): string {
  const path = resolve(file);
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch {
    throw new Error(`--json ${file}: its folder is missing or not writable`);
  }
  return path;
}
