import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** One key of the key file: who uses it and the tenant it opens. */
export interface ApiKeyEntry {
  /** Name of the program or person, for logs. */
  readonly name: string;
  readonly tenant: string;
  /** File with the key, relative to the key file. */
  readonly keyFile: string;
}

export interface Caller {
  readonly name: string;
  readonly tenant: string;
}

const MIN_KEY_LENGTH = 16;
const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/** The API keys of this process. Keys are held as digests, never as text. */
export class ApiKeys {
  constructor(private readonly keys: readonly { readonly caller: Caller; readonly digest: Buffer }[]) {}

  /**
   * Who a key belongs to. Compares with every key in constant time, so the time taken says nothing about how much of a
   * guess was right, nor whose key it resembles.
   */
  callerOf(key: string): Caller | undefined {
    const presented = digest(key);
    let found: Caller | undefined;
    for (const entry of this.keys) if (timingSafeEqual(entry.digest, presented)) found = entry.caller;
    return found;
  }

  /** @throws Error listing everything that is wrong with the file or the key files it names */
  static read(file: string): ApiKeys {
    const problems: string[] = [];
    const seen = new Map<string, string>();
    const keys = entriesOf(file).flatMap((entry, index) => {
      const lacking = (['name', 'tenant', 'keyFile'] as const).filter(
        (f) => typeof entry?.[f] !== 'string' || !entry[f],
      );
      if (lacking.length > 0) problems.push(...lacking.map((f) => `[${index}].${f}: must be a text that is not empty`));
      if (lacking.length > 0) return [];
      const key = keyOf(resolve(dirname(file), entry.keyFile), `[${index}].keyFile`, problems);
      const twin = seen.get(key);
      if (twin && key) problems.push(`[${index}].keyFile: holds the same key as "${twin}"`);
      seen.set(key, entry.name);
      return [{ caller: { name: entry.name, tenant: entry.tenant }, digest: digest(key) }];
    });
    if (problems.length > 0) throw new Error(`API keys file ${file}: ${problems.join('; ')}`);
    return new ApiKeys(keys);
  }
}

function entriesOf(file: string): ApiKeyEntry[] {
  let entries: unknown;
  try {
    entries = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`API keys file ${file}: ${(error as Error).message}`);
  }
  if (!Array.isArray(entries)) throw new Error(`API keys file ${file}: must be a list of { name, tenant, keyFile }`);
  return entries as ApiKeyEntry[];
}

function keyOf(file: string, field: string, problems: string[]): string {
  try {
    const key = readFileSync(file, 'utf8').trim();
    if (key.length < MIN_KEY_LENGTH) problems.push(`${field}: the key has fewer than ${MIN_KEY_LENGTH} characters`);
    return key;
  } catch (error) {
    problems.push(`${field}: ${(error as Error).message}`);
    return '';
  }
}
