import { readFileSync, writeFileSync } from 'node:fs';
import { freePort } from '@heliograph/testing';

/** Ports that stay the same from start to start as long as they are free, so that bookmarks and curl lines stay good. */
export class Ports {
  readonly #file: string;
  readonly #known: Record<string, number>;
  readonly #taken = new Set<number>();

  constructor(file: string) {
    this.#file = file;
    this.#known = readKnown(file);
  }

  async take(name: string): Promise<number> {
    const known = this.#known[name];
    let port = await freePort(known);
    while (this.#taken.has(port)) port = await freePort();
    this.#taken.add(port);
    this.#known[name] = port;
    writeFileSync(this.#file, `${JSON.stringify(this.#known, null, 2)}\n`);
    return port;
  }
}

function readKnown(file: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}
