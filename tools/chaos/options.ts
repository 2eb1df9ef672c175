import { randomInt } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface ChaosOptions {
  seed: number;
  /** Names of the rows to run; all that belong to the run when nothing was chosen. */
  only: readonly string[];
  short: boolean;
  /** Where the rows go as JSON. */
  json: string | undefined;
}

const LARGEST_SEED = 2 ** 32 - 1;

/** Reads the command line. @throws Error with one sentence that says what is wrong */
export function readOptions(args: string[], names: readonly string[]): ChaosOptions {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      seed: { type: 'string' },
      json: { type: 'string' },
      only: { type: 'string', multiple: true },
      short: { type: 'boolean' },
    },
  });
  return {
    seed: values.seed === undefined ? randomInt(LARGEST_SEED) : seedOf(values.seed),
    only: (values.only ?? []).map((name) => known(name, names)),
    short: values.short === true,
    json: values.json === undefined ? undefined : writable(values.json),
  };
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= LARGEST_SEED) return seed;
  throw new Error(`--seed ${text}: it must be a whole number from 0 to ${LARGEST_SEED}`);
}

function known(name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  throw new Error(`--only ${name}: there is no such row; there are ${names.join(', ')}`);
}

/** Found out before anything runs, since the run takes minutes. */
function writable(file: string): string {
  const path = resolve(file);
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch {
    throw new Error(`--json ${file}: its folder is missing or not writable`);
  }
  return path;
}
