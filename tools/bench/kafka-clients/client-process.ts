// One process on one Kafka client: publishes, consumes and waits for single acknowledgements when told to.
import { randomUUID } from 'node:crypto';
import { EVENTS, TOPICS, type CloudEvent } from '@heliograph/contracts';
import {
  connectKafka,
  DeadLetterWriter,
  done,
  EventPublisher,
  LaneConsumer,
  openGate,
  openSource,
  type KafkaClient,
  type OutgoingEvent,
} from '@heliograph/kafka';
import { readOrder } from '../bare/bare-process.ts';
import { percentile } from '../statistics.ts';

export interface ClientOrder {
  client: KafkaClient;
  brokers: string[];
  namespace: string;
}

export type Task = 'publish' | 'consume' | 'single' | 'memory';

export interface TaskOrder {
  task: Task;
  /** Records to publish, or that are on the topic. */
  records: number;
}

/** What a task gave; what it does not measure is missing. */
export interface TaskResult {
  perSecond?: number;
  /** Of this process, its garbage collector and threads included. */
  cpuMsPer1000?: number;
  p50?: number;
  p99?: number;
  memoryMiB?: number;
}

/** Publishes that wait for their acknowledgement at a time, as in a busy service. */
const AT_ONCE = 1_000;
const PAYLOAD_BYTES = 1_024;
const TOPIC = TOPICS.webhookReceived;
const MIB = 1024 * 1024;

const { client, brokers, namespace } = readOrder<ClientOrder>();
const kafka = connectKafka({ brokers, client, clientId: `bench-${client}`, namespace });
const publisher = new EventPublisher(kafka, { deadlineMs: 60_000 });
const data = Buffer.from(JSON.stringify({ text: 'x'.repeat(PAYLOAD_BYTES - JSON.stringify({ text: '' }).length) }));

const TASKS: Record<Task, (records: number) => Promise<TaskResult>> = { publish, consume, single, memory };
process.on('message', ({ task, records }: TaskOrder) => {
  TASKS[task](records).then(
    (result) => process.send?.({ result }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});

function nextEvent(): OutgoingEvent {
  const { type } = EVENTS.webhookReceived;
  const event: CloudEvent = {
    id: randomUUID(),
    type,
    source: '/heliograph/bench',
    time: new Date().toISOString(),
    partitionKey: randomUUID(),
    extensions: { tenant: 'acme' },
    data,
  };
  return { contract: { type, topic: TOPIC }, event };
}

async function publish(records: number): Promise<TaskResult> {
  let left = records;
  const one = async (): Promise<void> => {
    while (left-- > 0) await publisher.publish([nextEvent()]);
  };
  return timed(records, () => Promise.all(Array.from({ length: AT_ONCE }, one)));
}

/** Reads the whole topic in a new group; joining it is not measured. */
async function consume(records: number): Promise<TaskResult> {
  const group = `bench-${randomUUID()}`;
  let handled = 0;
  let begun: (() => void) | undefined;
  let ended: (() => void) | undefined;
  const begin = new Promise<void>((resolve) => (begun = resolve));
  const end = new Promise<void>((resolve) => (ended = resolve));
  const nothing = (): void => undefined;
  const consumer = new LaneConsumer({
    topics: [TOPIC],
    source: openSource(kafka, group, [TOPIC]),
    gate: openGate,
    deadLetters: new DeadLetterWriter(publisher, group, new Map([[TOPIC.name, TOPIC]])),
    handle: async () => {
      if (handled === 0) begun?.();
      if (++handled === records) ended?.();
      return done;
    },
    onCrash: (error) => {
      throw error;
    },
    observer: { received: nothing, finished: nothing, failed: nothing, dead: nothing, event: nothing },
  });
  await consumer.start();
  await begin;
  const result = await timed(records, () => end);
  await consumer.stop();
  return result;
}

async function single(records: number): Promise<TaskResult> {
  const times = new Float64Array(records);
  for (let i = 0; i < records; i++) {
    const began = performance.now();
    await publisher.publish([nextEvent()]);
    times[i] = performance.now() - began;
  }
  return { p50: percentile(times, 50), p99: percentile(times, 99) };
}

async function memory(): Promise<TaskResult> {
  return { memoryMiB: process.memoryUsage.rss() / MIB };
}

async function timed(records: number, work: () => Promise<unknown>): Promise<TaskResult> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: records / seconds, cpuMsPer1000: (user + system) / records };
}
