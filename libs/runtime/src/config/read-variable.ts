import { readFileSync } from 'node:fs';
import type { ConfigProblem } from './config-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about one variable; a variable set to nothing counts as not set. */
export type Reading = { readonly text: string } | { readonly problem: ConfigProblem } | undefined;

const set = (value: string | undefined): value is string => value !== undefined && value !== '';

/** Reads `NAME`, or the file that `NAME_FILE` points to without its last line break. */
export function readVariable(env: Environment, name: string): Reading {
  const text = env[name];
  const fileName = `${name}_FILE`;
  const file = env[fileName];
  if (!set(file)) return set(text) ? { text } : undefined;
  if (set(text)) return { problem: { name, reason: `is set twice: by itself and by ${fileName}` } };
  try {
    const content = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (content === '') return { problem: { name: fileName, reason: `points to an empty file: ${file}` } };
    return { text: content };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    return { problem: { name: fileName, reason: `points to a file that cannot be read (${code}): ${file}` } };
  }
}
