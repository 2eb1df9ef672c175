import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const needed = (name: string): string => {
  const value = process.env[name];
  if (value) return value;
  throw new Error(`${name} is not set: run the tests with \`npm test\`, or set it to a running broker`);
};

/** Brokers of the Kafka that this test run shares. Topics are kept apart by {@link uniqueNamespace}. */
export function testKafkaBrokers(): string[] {
  return splitBrokers(needed('HELIOGRAPH_TEST_KAFKA'));
}

/** URL of the Redis that this test run shares. It is never flushed: a test that must do so starts its own. */
export function testRedisUrl(): string {
  return needed('HELIOGRAPH_TEST_REDIS');
}

/** The comma separated form of broker addresses as a list. */
export function splitBrokers(list: string): string[] {
  return list
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
}

/** A prefix for topics, groups and Redis keys that no other test has: `orders-3fa9c1d2e4b5.`. */
export function uniqueNamespace(name: string): string {
  return `${name.replace(/[^A-Za-z0-9_-]+/g, '-')}-${randomBytes(6).toString('hex')}.`;
}

/** Where brokers may be started: both ways in this order, or only one of them (HELIOGRAPH_BROKERS). */
export function allowedWays(): ('docker' | 'local')[] {
  const only = process.env.HELIOGRAPH_BROKERS;
  if (only === undefined || only === '') return ['docker', 'local'];
  if (only === 'docker' || only === 'local') return [only];
  throw new Error(`HELIOGRAPH_BROKERS is "${only}": it may be "docker" or "local"`);
}

/** The folder that holds nx.json, from this file upwards. */
export function workspaceRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'nx.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no nx.json above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}

/** Everything development leaves on the disk: caches, data, logs. Ignored by git. */
export function devFolder(...path: string[]): string {
  return join(workspaceRoot(), '.dev', ...path);
}
