import { join } from 'node:path';
import { TOPICS } from '@heliograph/contracts';
import { measureBacklog } from '../backlog/pairs.ts';
import { openRig } from '../backlog/rig.ts';
import type { Bench } from '../bench.ts';
import { BenchSystem, HELD } from '../bench-system.ts';
import type { Row } from '../row.ts';
import { FactRecords } from './fact-records.ts';
import type { FloorOrder } from './floor-process.ts';

const COUNTS = { full: { warmUp: 8_000, run: 12_000 }, short: { warmUp: 4_000, run: 4_000 } };

/** Facts per second through session-state: folded, written, on timeline and session topic. */
export async function measureSessions(bench: Bench): Promise<Row[]> {
  bench.say('session-state: starting it and its floor');
  const system = await BenchSystem.prepare(bench, 'sessions');
  await system.start('session-state', HELD);
  const { namespace, redisUrl } = system.context;
  const { conversationInbound, conversationOutbound, conversationSession } = TOPICS;
  const order: FloorOrder = {
    brokers: system.brokers,
    redisUrl,
    namespace,
    topics: [conversationInbound, conversationOutbound].map(({ name }) => namespace + name),
    group: `${namespace}floor`,
    output: `${namespace}floor-states`,
    entries: `${namespace}floor-entries`,
  };
  const file = join(import.meta.dirname, 'floor-process.ts');
  const rig = await openRig(bench, system, { name: 'sessions-floor', file, order });
  const records = new FactRecords(namespace);

  const rows = await measureBacklog(bench, {
    name: 'session-state',
    what: 'record',
    workers: {
      floor: { process: rig.floor, output: order.output },
      // Every fact that is folded gives one snapshot, and every one of these is.
      service: { process: system.process('session-state'), output: namespace + conversationSession.name },
    },
    end: rig.end,
    counts: bench.short ? COUNTS.short : COUNTS.full,
    fill: (count) => rig.send(records.take(count)),
  });
  await rig.close();
  return rows;
}
