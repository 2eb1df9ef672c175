import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below Linux' and macOS' ranges for outgoing connections, so that no connection takes the port before its server does. */
const LOWEST = 20_000;
const HIGHEST = 32_000;

/**
 * A TCP port of 127.0.0.1 that nobody listens on.
 *
 * @param preferred taken when it is free
 * @throws Error when a hundred tries found none
 */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
