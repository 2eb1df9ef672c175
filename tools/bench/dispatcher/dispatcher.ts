import { join } from 'node:path';
import { TOPICS } from '@heliograph/contracts';
import { measureBacklog } from '../backlog/pairs.ts';
import { openRig } from '../backlog/rig.ts';
import type { Bench } from '../bench.ts';
import { BenchSystem, HELD } from '../bench-system.ts';
import type { Row } from '../row.ts';
import { writeAccounts } from './accounts.ts';
import { CommandRecords } from './command-records.ts';
import type { FloorOrder } from './floor-process.ts';
import { startProvider } from './provider.ts';

const ACCOUNT = 'wide';
const CONVERSATIONS = 5_000;
const LATENCIES_MS = [0, 50];
const COUNTS = { full: { warmUp: CONVERSATIONS, run: 10_000 }, short: { warmUp: CONVERSATIONS, run: 2_500 } };
/** The dispatcher's own (WORKERS) and its client's. */
const WORKERS = 256;
const CONNECTIONS = 128;

/** Messages per second through outbound-dispatcher, all in conversations that are open, without a limit that matters. */
export async function measureDispatcher(bench: Bench): Promise<Row[]> {
  bench.say('outbound-dispatcher: starting it, its floor and a provider');
  const system = await BenchSystem.prepare(bench, 'dispatcher');
  const provider = await startProvider(bench, system.folder, { remember: false });
  const limit = { requests: 1_000_000, perSeconds: 1 };
  const accounts = writeAccounts(system, provider.address, [{ id: ACCOUNT, limit }]);
  await system.consentIsKnown();
  await system.start('outbound-dispatcher', { ...HELD, ...accounts });
  const { namespace, redisUrl } = system.context;
  const order: FloorOrder = {
    brokers: system.brokers,
    redisUrl,
    namespace,
    topics: [namespace + TOPICS.conversationCommand.name],
    group: `${namespace}floor`,
    output: `${namespace}floor`,
    provider: provider.address,
    workers: WORKERS,
    connections: CONNECTIONS,
  };
  const file = join(import.meta.dirname, 'floor-process.ts');
  const rig = await openRig(bench, system, { name: 'dispatcher-floor', file, order });
  const records = new CommandRecords(namespace, [ACCOUNT], CONVERSATIONS);

  const rows: Row[] = [];
  for (const latency of LATENCIES_MS) {
    await provider.setLatency(latency);
    const measured = await measureBacklog(bench, {
      name: 'outbound-dispatcher',
      detail: `provider ${latency} ms`,
      what: 'send',
      workers: {
        floor: { process: rig.floor, output: order.output },
        service: {
          process: system.process('outbound-dispatcher'),
          output: namespace + TOPICS.conversationOutbound.name,
        },
      },
      end: rig.end,
      counts: bench.short ? COUNTS.short : COUNTS.full,
      fill: (count) => rig.send(records.take(count)),
    });
    rows.push(...measured);
  }
  await rig.close();
  await provider.stop();
  return rows;
}
