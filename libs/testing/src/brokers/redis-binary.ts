import { chmodSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { devFolder } from '../config.ts';
import { runCommand } from '../processes/run-command.ts';
import type { Say } from './controls.ts';
import { unpack } from './maven.ts';

/** The scripts run on Redis 6.2 and later (design, section 5). */
const OLDEST = [6, 2] as const;
/** Carries server binaries for Linux (x64, arm64) and macOS (x64, arm64). */
const EMBEDDED = { groupId: 'com.github.codemonstur', artifactId: 'embedded-redis', version: '1.4.4' };
const PLATFORMS: Partial<Record<string, string>> = {
  'linux x64': 'linux-amd64',
  'linux arm64': 'linux-arm64',
  'darwin x64': 'darwin-amd64',
  'darwin arm64': 'darwin-arm64',
};

/**
 * Finds a Redis server to run: the one on PATH, else the one inside a Maven jar.
 *
 * @throws Error with one sentence naming what to install
 */
export async function redisBinary(say: Say): Promise<string> {
  const found = await versionOf('redis-server');
  if (found && isNewEnough(found)) return 'redis-server';
  if (found) say(`redis-server ${found} on PATH is older than ${OLDEST.join('.')}`);
  return embeddedRedisBinary(say);
}

/** The server binary from the Maven jar, unpacked on first use. */
export async function embeddedRedisBinary(say: Say): Promise<string> {
  const advice = 'install Redis 6.2 or newer (redis-server), or start Docker';
  const platform = PLATFORMS[`${process.platform} ${process.arch}`];
  if (!platform) throw new Error(`there is no Redis binary for ${process.platform} ${process.arch}: ${advice}`);
  const folder = devFolder('cache', `embedded-redis-${EMBEDDED.version}`);
  try {
    await unpack(EMBEDDED, folder, say);
  } catch (error) {
    throw new Error(`Redis is missing: ${advice}, or Maven to fetch it (${(error as Error).message})`, {
      cause: error,
    });
  }
  const name = readdirSync(folder).find((file) => file.startsWith('redis-server-') && file.endsWith(platform));
  const binary = name && join(folder, name);
  if (!binary || !existsSync(binary)) throw new Error(`the jar has no Redis binary for ${platform}: ${advice}`);
  chmodSync(binary, 0o755);
  const version = await versionOf(binary);
  if (!version) throw new Error(`the Redis binary for ${platform} does not run here: ${advice}`);
  return binary;
}

async function versionOf(binary: string): Promise<string | undefined> {
  try {
    return /v=(\d+\.\d+\.\d+)/.exec(await runCommand(binary, ['--version']))?.[1];
  } catch {
    return undefined;
  }
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
