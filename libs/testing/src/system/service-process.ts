import { existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { workspaceRoot } from '../config.ts';
import { ManagedProcess, type Ending } from '../processes/managed-process.ts';
import { waitFor } from '../wait-for.ts';
import { SERVICE_SETTINGS, type ServiceName, type Settings, type SystemContext } from './services.ts';

export interface ServiceStart {
  service: ServiceName;
  context: SystemContext;
  /** Where it listens; differs from the one in the context for all replicas but the first. */
  address: string;
  /** Over those that the service gets anyway. */
  settings?: Settings;
  logFile: string;
  pidFolder: string;
}

/** Those of deploy/Dockerfile. */
const NODE_FLAGS = ['--enable-source-maps', '--max-semi-space-size=16', '--expose-gc'];
const READY_TIMEOUT_MS = 60_000;
/** This library runs as its sources in tests and in built form in tools. */
const END_WITH_PARENT = join(import.meta.dirname, `end-with-parent${extname(import.meta.filename)}`);
/** Variables that a service gets from this machine: what programs need to run, and nothing that settings could hide in. */
const PASSED_ON = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'LOG_LEVEL', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

/** Starts a built service as a child that ends with this process. @throws Error when it is not built */
export async function startService(start: ServiceStart): Promise<ManagedProcess> {
  const { service, context, address, logFile, pidFolder } = start;
  const main = join(workspaceRoot(), 'apps', service, 'dist', 'main.js');
  if (!existsSync(main)) throw new Error(`${service} is not built: ${main} is missing`);
  const { hostname, port } = new URL(address);
  const passedOn = Object.fromEntries(PASSED_ON.map((variable) => [variable, process.env[variable]]));
  return ManagedProcess.start({
    name: service,
    command: process.execPath,
    args: [...NODE_FLAGS, '--import', END_WITH_PARENT, main],
    cwd: workspaceRoot(),
    env: {
      ...passedOn,
      HOST: hostname,
      PORT: port,
      NODE_ENV: 'development',
      ...SERVICE_SETTINGS[service](context),
      ...start.settings,
    },
    logFile,
    pidFolder,
    channel: true,
  });
}

/** Waits until a service says that it is ready. @throws Error with the last reason it gave, or how it ended */
export async function waitUntilReady(process: ManagedProcess, address: string, signal?: AbortSignal): Promise<void> {
  await waitFor(() => isReady(address), {
    timeoutMs: READY_TIMEOUT_MS,
    intervalMs: 50,
    description: `${process.name} is ready at ${address}`,
    giveUp: () => {
      if (process.ending) return new Error(`${process.name} ended while it started (${endingOf(process.ending)})`);
      return signal?.aborted ? new Error('interrupted') : undefined;
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
