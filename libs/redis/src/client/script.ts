import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A Lua script: its source stands in a `.lua` file beside the store that loads it, headed by KEYS / ARGV / returns. */
export interface Script {
  readonly name: string;
  readonly source: string;
  readonly sha: string;
  /** How many keys it takes; `'any'`: as many as the call passes. */
  readonly keys: number | 'any';
}

/**
 * Reads a script once, when the module that owns it is loaded.
 *
 * @param file `new URL('./name.lua', import.meta.url)`; the build copies the file beside the compiled module
 */
export function script(options: { name: string; file: URL; keys: number | 'any' }): Script {
  const source = readFileSync(options.file, 'utf8');
  return { name: options.name, source, sha: createHash('sha1').update(source).digest('hex'), keys: options.keys };
}
