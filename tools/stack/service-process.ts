import { rmSync } from 'node:fs';
import {
  devFolder,
  startService,
  type ManagedProcess,
  type ServiceName,
  type SystemContext,
} from '@heliograph/testing';
import { PIDS } from './brokers.ts';

/** Starts a service of the stack with a log of its own, readable by people and begun anew. */
export async function startStackService(service: ServiceName, context: SystemContext): Promise<ManagedProcess> {
  const logFile = devFolder('logs', `${service}.log`);
  rmSync(logFile, { force: true });
  return startService({
    service,
    context,
    address: context.addresses[service],
    settings: { LOG_FORMAT: 'pretty' },
    logFile,
    pidFolder: PIDS,
  });
}
