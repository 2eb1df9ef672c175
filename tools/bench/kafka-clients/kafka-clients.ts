import { TOPICS } from '@heliograph/contracts';
import { connectKafka, ensureTopics, KAFKA_CLIENTS, type KafkaClient } from '@heliograph/kafka';
import { dropTopics, uniqueNamespace } from '@heliograph/testing';
import { measuredRuns, RUNS, type Bench } from '../bench.ts';
import { rowOf, type Row, type Unit } from '../row.ts';
import { figure } from '../table.ts';
import { Client } from './client.ts';
import type { Task, TaskResult } from './client-process.ts';

const RECORDS = { full: 100_000, short: 20_000 };
const SINGLES = { full: 1_000, short: 200 };

type Run = Record<KafkaClient, TaskResult>;

/**
 * Publishing through the publisher and consuming through lanes on each Kafka client, a process each, taken in turns. Both
 * consume the same records, which one of them has published.
 */
export async function measureKafkaClients(bench: Bench): Promise<Row[]> {
  const { brokers } = bench.brokers.kafka;
  const namespace = uniqueNamespace('bench-clients');
  const drop = bench.ends.add(() => dropTopics(brokers, namespace));
  const topic = (part: string): string => `${namespace}${part}.`;
  const open = async (part: string): Promise<Record<KafkaClient, Client>> => {
    await ensureTopics(connectKafka({ brokers, clientId: 'bench', namespace: topic(part) }), [TOPICS.webhookReceived]);
    const clientOf = (client: KafkaClient) => new Client(bench, { client, brokers, namespace: topic(part) });
    return { kafkajs: clientOf('kafkajs'), platformatic: clientOf('platformatic') };
  };
  const records = bench.short ? RECORDS.short : RECORDS.full;
  const rows: Row[] = [];
  const writers = await open('written');
  const published = await inTurns(bench, writers, 'publish', records);
  const singles = await inTurns(bench, writers, 'single', bench.short ? SINGLES.short : SINGLES.full);
  await stop(writers);
  const readers = await open('read');
  await readers.kafkajs.run({ task: 'publish', records });
  const consumed = await inTurns(bench, readers, 'consume', records);
  const memory = await inTurns(bench, readers, 'memory', 0);
  await stop(readers);
  await drop();
  rows.push(
    ...rowsOf('publish 1 kB, 1,000 at once', '1/s', published, ({ perSecond }) => perSecond),
    ...rowsOf('publish CPU per 1,000 records', 'ms', published, ({ cpuMsPer1000 }) => cpuMsPer1000),
    ...rowsOf('single publish p50', 'ms', singles, ({ p50 }) => p50),
    ...rowsOf('single publish p99', 'ms', singles, ({ p99 }) => p99),
    ...rowsOf('consume 1 kB through lanes', '1/s', consumed, ({ perSecond }) => perSecond),
    ...rowsOf('consume CPU per 1,000 records', 'ms', consumed, ({ cpuMsPer1000 }) => cpuMsPer1000),
    ...rowsOf('memory, after consuming', 'MiB', memory, ({ memoryMiB }) => memoryMiB),
  );
  return rows;
}

/** Each client after the other, another one first each time: whatever else the machine does then meets both. */
async function inTurns(
  bench: Bench,
  clients: Record<KafkaClient, Client>,
  task: Task,
  records: number,
): Promise<Run[]> {
  let turn = 0;
  const once = async (): Promise<Run> => {
    const order = turn++ % 2 === 0 ? [...KAFKA_CLIENTS] : [...KAFKA_CLIENTS].reverse();
    const run: Partial<Run> = {};
    for (const client of order) run[client] = await clients[client].run({ task, records });
    return run as Run;
  };
  return measuredRuns(once, async (index) => {
    const run = await once();
    const told = KAFKA_CLIENTS.map((client) => `${client} ${figure((Object.values(run[client]) as number[])[0] ?? 0)}`);
    bench.say(`kafka-clients: ${task}, run ${index} of ${RUNS}: ${told.join(', ')}`);
    return run;
  });
}

async function stop(clients: Record<KafkaClient, Client>): Promise<void> {
  await Promise.all(Object.values(clients).map((client) => client.stop()));
}

function rowsOf(name: string, unit: Unit, runs: readonly Run[], of: (result: TaskResult) => number | undefined): Row[] {
  const rowFor = (client: KafkaClient): Row =>
    rowOf(
      `${name}, ${client}`,
      unit,
      runs.map((run) => of(run[client]) ?? 0),
    );
  return KAFKA_CLIENTS.map(rowFor);
}
