import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devFolder, type DevelopmentAccount, type Way } from '@heliograph/testing';

export interface ServiceAddress {
  name: string;
  address: string;
  pid: number;
}

/** `.dev/stack.json`: everything a script needs to know about the running stack. */
export interface Stack {
  pid: number;
  startedAt: string;
  namespace: string;
  kafka: { brokers: string[]; way: Way };
  redis: { url: string; way: Way };
  services: ServiceAddress[];
  /** Where people and programs send messages. */
  api: { address: string; key: string };
  simulator: { address: string; control: string };
  crm: { address: string; key: string };
  accounts: DevelopmentAccount[];
  /** The folder of the services' logs. */
  logs: string;
}

const FILE = devFolder('stack.json');

/** Readable by its owner alone: it holds secrets. */
export function writeStack(stack: Stack): void {
  writeFileSync(FILE, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
}

export function removeStack(): void {
  rmSync(FILE, { force: true });
}

/** @throws Error with one sentence when nothing runs */
export function readStack(): Stack {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8')) as Stack;
  } catch {
    throw new Error('Nothing is running here: start it with `npm start`, in another terminal.');
  }
}
