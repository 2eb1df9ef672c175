import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { devFolder, ManagedProcess, waitFor, workspaceRoot, type Ending } from '@heliograph/testing';
import { PIDS } from './brokers.ts';
import { SERVICE_SETTINGS, type ServiceName, type StackContext } from './services.ts';

const READY_TIMEOUT_MS = 60_000;
const END_WITH_PARENT = join(import.meta.dirname, 'end-with-parent.mjs');

export function logFile(name: ServiceName): string {
  return devFolder('logs', `${name}.log`);
}

/** Variables that a service gets from this machine: what programs need to run, and nothing that settings could hide in. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'LOG_LEVEL', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

export async function startService(name: ServiceName, context: StackContext): Promise<ManagedProcess> {
  const main = join(workspaceRoot(), 'apps', name, 'dist', 'main.js');
  if (!existsSync(main)) throw new Error(`${name} is not built: ${main} is missing`);
  const { hostname, port } = new URL(context.addresses[name]);
  const passedOn = Object.fromEntries(PASSED_ON.map((variable) => [variable, process.env[variable]]));
  rmSync(logFile(name), { force: true });
  return ManagedProcess.start({
    name,
    command: process.execPath,
    args: ['--enable-source-maps', '--import', END_WITH_PARENT, main],
    cwd: workspaceRoot(),
    env: {
      ...passedOn,
      HOST: hostname,
      PORT: port,
      LOG_FORMAT: 'pretty',
      NODE_ENV: 'development',
      ...SERVICE_SETTINGS[name](context),
    },
    logFile: logFile(name),
    pidFolder: PIDS,
    channel: true,
  });
}

/** Waits until a service says that it is ready. @throws Error with the last reason it gave, or how it ended */
export async function waitUntilReady(process: ManagedProcess, address: string, signal: AbortSignal): Promise<void> {
  await waitFor(() => isReady(address), {
    timeoutMs: READY_TIMEOUT_MS,
    intervalMs: 50,
    description: `${process.name} is ready at ${address}`,
    giveUp: () => {
      if (process.ending) return new Error(`${process.name} ended while it started (${endingOf(process.ending)})`);
      return signal.aborted ? new Error('interrupted') : undefined;
    },
  });
}

async function isReady(address: string): Promise<true> {
  const answer = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(2_000) });
  const body = await answer.text();
  if (answer.status === 200) return true;
  throw new Error(`it answers ${answer.status} ${body.slice(0, 500)}`);
}

/** How a process ended, for people. */
export function endingOf({ code, signal }: Ending): string {
  return signal ? `signal ${signal}` : `exit code ${code}`;
}
