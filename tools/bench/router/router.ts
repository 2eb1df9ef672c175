import { join } from 'node:path';
import { TOPICS } from '@heliograph/contracts';
import { measureBacklog } from '../backlog/pairs.ts';
import { openRig } from '../backlog/rig.ts';
import type { Bench } from '../bench.ts';
import { BenchSystem, HELD } from '../bench-system.ts';
import type { Row } from '../row.ts';
import type { FloorOrder } from './floor-process.ts';
import { WebhookRecords } from './webhook-records.ts';

const COUNTS = { full: { warmUp: 12_000, run: 20_000 }, short: { warmUp: 4_000, run: 4_000 } };

/** Webhook records per second through dedup-router: claimed, resolved, on the topic of facts. */
export async function measureRouter(bench: Bench): Promise<Row[]> {
  bench.say('dedup-router: starting it and its floor');
  const system = await BenchSystem.prepare(bench, 'router');
  await system.start('dedup-router', HELD);
  const { namespace, redisUrl } = system.context;
  const order: FloorOrder = {
    brokers: system.brokers,
    redisUrl,
    namespace,
    topics: [namespace + TOPICS.webhookReceived.name],
    group: `${namespace}floor`,
    output: `${namespace}floor`,
  };
  const file = join(import.meta.dirname, 'floor-process.ts');
  const rig = await openRig(bench, system, { name: 'router-floor', file, order });
  const records = new WebhookRecords(namespace);

  const rows = await measureBacklog(bench, {
    name: 'dedup-router',
    what: 'record',
    workers: {
      floor: { process: rig.floor, output: order.output },
      service: { process: system.process('dedup-router'), output: namespace + TOPICS.conversationInbound.name },
    },
    end: rig.end,
    counts: bench.short ? COUNTS.short : COUNTS.full,
    fill: (count) => rig.send(records.take(count)),
  });
  await rig.close();
  return rows;
}
