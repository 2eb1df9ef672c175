import { encodeEvent, TOPICS } from '@heliograph/contracts';
import type { LaneConsumerOptions } from '../consumer/consumer-options.ts';
import { DeadLetterWriter } from '../consumer/dead-letters.ts';
import { LaneConsumer } from '../consumer/lane-consumer.ts';
import type { CommitOffset, RecordSource, SourceListener, SourceRecord } from '../consumer/record-source.ts';
import type { Delivery } from '../delivery.ts';
import type { Outcome } from '../outcome.ts';
import { openGate } from '../partition-gate.ts';

export const TOPIC = TOPICS.webhookReceived;

/** A group member under the hand of the test: it says what the broker would say. The consumer itself is the real one. */
export class ScriptedSource implements RecordSource {
  listener!: SourceListener;
  readonly commits: CommitOffset[] = [];
  readonly paused = new Set<string>();
  generation = 0;
  async start(listener: SourceListener): Promise<void> {
    this.listener = listener;
  }
  pause(topic: string, partition: number): void {
    this.paused.add(`${topic}/${partition}`);
  }
  resume(topic: string, partition: number): void {
    this.paused.delete(`${topic}/${partition}`);
  }
  async commit(offsets: readonly CommitOffset[]): Promise<void> {
    this.commits.push(...offsets);
  }
  async stop(): Promise<void> {}

  assign(...partitions: number[]): void {
    this.generation++;
    this.listener.assigned(new Map([[TOPIC.name, partitions]]));
  }
  beat(): void {
    this.listener.heartbeat(this.generation);
  }
  push(partition: number, ...records: [offset: number, key: string][]): void {
    const batch = records.map(([offset, key]) => record(partition, offset, key));
    const next = batch.at(-1)!.offset + 1;
    this.listener.records(TOPIC.name, partition, batch, next, next);
  }
  committed(partition: number): number | undefined {
    return this.commits.filter((c) => c.partition === partition).at(-1)?.offset;
  }
}

export function record(partition: number, offset: number, key: string, value = '{}'): SourceRecord {
  const encoded = encodeEvent({
    id: `${partition}-${offset}`,
    type: 'webhook.received',
    source: '/test',
    time: '2026-01-01T00:00:00Z',
    partitionKey: key,
    extensions: {},
    data: Buffer.from(value),
  });
  const bytes = encoded.value.length;
  return { ...encoded, topic: TOPIC.name, partition, offset, key: Buffer.from(key), bytes };
}

export const tick = async (times = 20) => {
  for (let i = 0; i < times; i++) await new Promise((resolve) => setImmediate(resolve));
};

export interface Rig {
  source: ScriptedSource;
  consumer: LaneConsumer;
  dead: { reason: string; origin: string }[];
  crashes: Error[];
}

const started: LaneConsumer[] = [];

/** Ends the consumers of the last test. */
export async function stopAll(): Promise<void> {
  await Promise.all(started.splice(0).map((consumer) => consumer.stop()));
}

export async function rig(
  handle: (delivery: Delivery) => Promise<Outcome>,
  options: Partial<LaneConsumerOptions> = {},
): Promise<Rig> {
  const source = new ScriptedSource();
  const dead: Rig['dead'] = [];
  const crashes: Error[] = [];
  const publishRecord = async (_topic: unknown, r: { headers: Record<string, unknown> }) => {
    dead.push({ reason: String(r.headers['dead-reason']), origin: String(r.headers['replay-of']) });
  };
  const consumer = new LaneConsumer({
    topics: [TOPIC],
    source,
    gate: openGate,
    deadLetters: new DeadLetterWriter({ publishRecord }, 'g', new Map([[TOPIC.name, TOPIC]])),
    handle,
    onCrash: (error) => crashes.push(error),
    observer: { received() {}, finished() {}, parked() {}, returned() {}, failed() {}, dead() {}, event() {} },
    commitIntervalMs: 5,
    backOff: { firstMs: 2, maxMs: 10 },
    drainMs: 100,
    ...options,
  });
  await consumer.start();
  started.push(consumer);
  return { source, consumer, dead, crashes };
}

export function deferred() {
  let resolve!: () => void;
  const promise = new Promise<void>((r) => (resolve = r));
  return { promise, resolve };
}

export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('condition not met within 5 s');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
