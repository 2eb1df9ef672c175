import { setTimeout as delay } from 'node:timers/promises';
import { SERVICE_NAMES, type ServiceName } from '@heliograph/testing';
import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { BenchSystem } from '../bench-system.ts';
import { rowOf, type Row } from '../row.ts';
import { figure } from '../table.ts';

/** How long the services are left alone before their memory counts as idle. */
const REST_MS = { full: 5_000, short: 1_000 };

interface ServiceRun {
  startMs: Map<ServiceName, number>;
  idleMiB: Map<ServiceName, number>;
}

/**
 * Start time and idle memory of every service. Each is started alone, one after the other, so that they do not wait for
 * each other's processor. The warm-up creates the topics: a first start on empty brokers is not what is measured.
 */
export async function measureServices(bench: Bench): Promise<Row[]> {
  const system = await BenchSystem.prepare(bench, 'services');
  bench.say('services: starting and stopping each, warming up');
  const runs = await measuredRuns(
    () => startAndStop(system, 0),
    async (index) => {
      const run = await startAndStop(system, bench.short ? REST_MS.short : REST_MS.full);
      const slowest = Math.max(...run.startMs.values());
      const largest = Math.max(...run.idleMiB.values());
      bench.say(
        `services: run ${index} of ${RUNS}: slowest start ${figure(slowest)} ms, largest ${figure(largest)} MiB`,
      );
      return run;
    },
  );
  await system.stop();
  const row = (name: string, unit: Row['unit'], of: (run: ServiceRun) => number | undefined): Row =>
    rowOf(
      name,
      unit,
      runs.map((run) => of(run) ?? 0),
    );
  return [
    ...SERVICE_NAMES.map((service) => row(`start ${service}`, 'ms', ({ startMs }) => startMs.get(service))),
    ...SERVICE_NAMES.map((service) => row(`memory ${service}, idle`, 'MiB', ({ idleMiB }) => idleMiB.get(service))),
  ];
}

async function startAndStop(system: BenchSystem, restMs: number): Promise<ServiceRun> {
  const startMs = new Map<ServiceName, number>();
  for (const service of SERVICE_NAMES) startMs.set(service, await system.start(service));
  await delay(restMs);
  const idleMiB = await system.memory();
  await system.stopServices();
  return { startMs, idleMiB };
}
