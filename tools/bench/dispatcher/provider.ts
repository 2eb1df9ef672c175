import { join } from 'node:path';
import { freePort } from '@heliograph/testing';
import { startBareProcess } from '../bare/bare-process.ts';
import type { Bench } from '../bench.ts';
import type { Arrival, ProviderOrder } from './provider-process.ts';

/** The provider's process, and what it can be told and asked. */
export interface Provider {
  address: string;
  setLatency: (ms: number) => Promise<void>;
  /** Messages that arrived since the last call, in their order. */
  takeArrivals: () => Promise<Arrival[]>;
  stop: () => Promise<unknown>;
}

export async function startProvider(
  { ends }: Bench,
  folder: string,
  options: Omit<ProviderOrder, 'port'>,
): Promise<Provider> {
  const port = await freePort();
  const order: ProviderOrder = { ...options, port };
  const file = join(import.meta.dirname, 'provider-process.ts');
  const child = await startBareProcess(ends, { name: 'provider', file, order, folder });
  const address = `http://127.0.0.1:${port}`;
  const control = async (path: string): Promise<unknown> => (await fetch(`${address}/control/${path}`)).json();
  return {
    address,
    setLatency: async (ms) => void (await control(`latency/${ms}`)),
    takeArrivals: async () => (await control('arrivals')) as Arrival[],
    stop: () => child.kill(),
  };
}
