import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { deadLetterTopic, parkedTopic, TOPICS, type CloudEvent } from '@heliograph/contracts';
import { ErrorFilter, Log, Retryable } from '@heliograph/runtime';
import { IdLedger, readAll, testKafkaBrokers, uniqueNamespace, waitFor } from '@heliograph/testing';
import { committedOffset } from '../cluster/committed-offset.ts';
import { ensureTopics } from '../cluster/ensure-topics.ts';
import { connectKafka, type Kafka } from '../cluster/kafka.ts';
import type { Delivery } from '../delivery.ts';
import { blocked, deadLetter, done, type Outcome } from '../outcome.ts';
import { openGate } from '../partition-gate.ts';
import { EventPublisher } from '../publisher/event-publisher.ts';
import { partitionOf } from '../publisher/partition-of.ts';
import { webhookMessage } from '../spec-support/test-kafka.ts';
import { LaneServer, type LaneServerOptions } from './lane-server.ts';

const TOPIC = TOPICS.webhookReceived;
const GROUP = 'lanes';
const PARTITIONS = 6;

type Handle = (event: CloudEvent, delivery: Delivery) => Promise<Outcome | undefined>;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function openTopics(): Promise<{ kafka: Kafka; publisher: EventPublisher }> {
  const kafka = connectKafka({
    brokers: testKafkaBrokers(),
    clientId: 'lane-server-test',
    namespace: uniqueNamespace('lanes'),
    conversationPartitions: PARTITIONS,
    sessionTimeoutMs: 6_000,
    heartbeatMs: 200,
    maxWaitTimeInMs: 50,
  });
  await ensureTopics(kafka, [TOPIC, deadLetterTopic(TOPIC, GROUP)]);
  const publisher = new EventPublisher(kafka);
  closers.push(() => publisher.close());
  return { kafka, publisher };
}

const silent = { info() {}, warn() {} };

async function member(
  kafka: Kafka,
  publisher: EventPublisher,
  handle: Handle,
  options: Partial<LaneServerOptions> = {},
): Promise<LaneServer> {
  @Controller()
  class Handler {
    @EventPattern<string>(TOPIC.name)
    handle(@Payload() event: CloudEvent, @Ctx() delivery: Delivery) {
      return handle(event, delivery);
    }
  }
  @Module({ controllers: [Handler] })
  class App {}
  const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false });
  app.useGlobalFilters(new ErrorFilter({ error() {}, warn() {} } as unknown as Log));
  const strategy = new LaneServer({
    kafka,
    group: GROUP,
    topics: [TOPIC],
    gate: openGate,
    publisher,
    log: silent,
    onCrash: () => undefined,
    backOff: { firstMs: 5, maxMs: 50 },
    commitIntervalMs: 100,
    drainMs: 3_000,
    ...options,
  });
  app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  await app.startAllMicroservices();
  closers.push(() => app.close());
  return strategy;
}

async function write(publisher: EventPublisher, ids: readonly { id: string; key: string; data?: Buffer }[]) {
  await publisher.publish(
    ids.map(({ id, key, data }) => ({
      contract: { type: 'webhook.received', topic: TOPIC },
      event: {
        id,
        type: 'webhook.received',
        source: '/test',
        time: new Date().toISOString(),
        partitionKey: key,
        extensions: { tenant: 't' },
        data: data ?? {},
      },
    })),
  );
}

const numbered = (count: number, keys: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `e${n}`, key: `k${n % keys}` }));

describe('lane server on Kafka', () => {
  it('gives every record on the topic to its handler once and in key order, and commits up to the end', async () => {
    const { kafka, publisher } = await openTopics();
    const ids = numbered(2_000, 50);
    const ledger = new IdLedger();
    for (const { id, key } of ids) ledger.sent(id, key);
    await write(publisher, ids);
    let handled = 0;
    await member(kafka, publisher, async ({ id }) => {
      ledger.seen(id);
      handled++;
      return done;
    });
    await waitFor(() => ledger.complete, { timeoutMs: 20_000, description: 'all records' });
    // A publisher may write a record twice; the consumer takes what is on the topic, each record once.
    const written = (await readAll(testKafkaBrokers(), kafka.physical(TOPIC.name))).length;
    await waitFor(
      async () => {
        const offsets = await Promise.all(
          Array.from({ length: PARTITIONS }, (_, p) => committedOffset(kafka, GROUP, TOPIC, p)),
        );
        return offsets.reduce<number>((sum, offset) => sum + (offset ?? 0), 0) === written;
      },
      { timeoutMs: 10_000, description: 'commits' },
    );
    expect(handled).toBe(written);
    const { lost, swapped, unknown } = ledger.report();
    expect({ lost, swapped, unknown }).toEqual({ lost: [], swapped: [], unknown: [] });
  });

  it('loses and swaps nothing while members join and leave, and repeats only what was not committed', async () => {
    const { kafka, publisher } = await openTopics();
    const ids = numbered(4_000, 40);
    const ledger = new IdLedger();
    const handle: Handle = async ({ id }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      ledger.seen(id);
      return done;
    };
    const first = await member(kafka, publisher, handle, { workers: 8 });
    await waitFor(() => first.consumer.problem() === undefined, { timeoutMs: 15_000, description: 'the first member' });
    for (let at = 0; at < ids.length; at += 1_000) {
      const part = ids.slice(at, at + 1_000);
      for (const { id, key } of part) ledger.sent(id, key);
      await write(publisher, part);
      if (at === 0) await member(kafka, publisher, handle, { workers: 8 });
      if (at === 2_000) await first.close();
    }
    await waitFor(() => ledger.complete, { timeoutMs: 40_000, description: 'all records' });
    const report = ledger.report();
    expect(report.lost).toEqual([]);
    expect(report.unknown).toEqual([]);
    expect(report.swapped).toEqual([]);
  });

  it('is held up neither by transaction markers nor by what an aborted transaction wrote', async () => {
    const { kafka, publisher } = await openTopics();
    const seen: string[] = [];
    const key = 'a';
    const partition = partitionOf(key, PARTITIONS);
    const producer = kafka.client.producer({ idempotent: true, transactionalId: randomUUID(), maxInFlightRequests: 1 });
    await producer.connect();
    closers.push(() => producer.disconnect());
    const inTransaction = async (ids: readonly string[], end: 'commit' | 'abort') => {
      const transaction = await producer.transaction();
      const messages = ids.map((id) => ({ ...webhookMessage(id, key), partition }));
      await transaction.send({ topic: kafka.physical(TOPIC.name), messages });
      await transaction[end]();
    };
    await inTransaction(['c1', 'c2'], 'commit');
    await inTransaction(['x1', 'x2'], 'abort');
    await inTransaction(['c3'], 'commit');
    await write(publisher, [{ id: 'last', key }]);
    await member(kafka, publisher, async ({ id }) => (seen.push(id), done));
    // 3 + 3 + 2 with the markers, and the last one.
    await waitFor(async () => (await committedOffset(kafka, GROUP, TOPIC, partition)) === 9, {
      timeoutMs: 20_000,
      description: 'the commit behind the last record',
    });
    expect(seen).toEqual(['c1', 'c2', 'c3', 'last']);
  });

  it('parks a lane that waits for long, and the next member gets it back in order', async () => {
    const { kafka, publisher } = await openTopics();
    await ensureTopics(kafka, [parkedTopic(TOPIC, GROUP)]);
    const ids = numbered(400, 4);
    const [slow, others] = [ids.filter(({ key }) => key === 'k0'), ids.filter(({ key }) => key !== 'k0')];
    const seen: string[] = [];
    let waiting = true;
    const handle: Handle = async ({ id, partitionKey }) => {
      if (waiting && partitionKey === 'k0') return blocked('a long wait', Date.now() + 60_000);
      seen.push(id);
      return done;
    };
    const options = { limits: { records: 10, distance: 20 }, parking: { afterMs: 50, everyMs: 50 } };
    const first = await member(kafka, publisher, handle, options);
    await write(publisher, ids);
    const copies = () => readAll(testKafkaBrokers(), kafka.physical(parkedTopic(TOPIC, GROUP).name));
    await waitFor(async () => seen.length === others.length && (await copies()).length >= slow.length - 10, {
      timeoutMs: 30_000,
      description: 'the others have run, and the slow lane is parked',
    });
    await first.close();
    waiting = false;
    await member(kafka, publisher, handle, options);
    await waitFor(() => seen.length === ids.length, { timeoutMs: 30_000, description: 'the slow lane has run' });
    expect(seen.slice(others.length)).toEqual(slow.map(({ id }) => id));
    const [copy] = await copies();
    expect(copy!.headers).toMatchObject({ ce_id: 'e0', 'parked-reason': 'a long wait' });
    expect(copy!.headers['replay-of']).toBe(copy!.headers['parked-from']);
  });

  it('hands the original error through Nest, so that its class decides between a retry and a dead letter', async () => {
    const { kafka, publisher } = await openTopics();
    const tries = new Map<string, number>();
    await write(publisher, [
      { id: 'retried', key: 'a' },
      { id: 'bug', key: 'b' },
      { id: 'refused', key: 'c' },
      { id: 'fine', key: 'd' },
    ]);
    await member(kafka, publisher, async ({ id }) => {
      tries.set(id, (tries.get(id) ?? 0) + 1);
      if (id === 'retried' && tries.get(id)! < 3) throw new Retryable('not yet');
      if (id === 'bug') throw new TypeError('x is not a function');
      if (id === 'refused') return deadLetter('cannot be handled');
      return undefined;
    });
    const dlq = kafka.physical(deadLetterTopic(TOPIC, GROUP).name);
    const letters = await waitFor(
      async () => {
        const found = await readAll(testKafkaBrokers(), dlq);
        const ids = new Set(found.map((letter) => letter.headers.ce_id));
        return ids.size === 2 && tries.get('retried')! >= 3 ? found : undefined;
      },
      { timeoutMs: 40_000, description: 'two dead letters' },
    );
    const reasons = Object.fromEntries(letters.map((l) => [l.headers.ce_id, l.headers['dead-reason']]));
    expect(reasons).toEqual({ bug: 'TypeError: x is not a function', refused: 'cannot be handled' });
    for (const letter of letters) {
      expect(letter.headers['replay-of']).toMatch(/^webhook\.received\.v1\/\d+\/\d+$/);
      expect(letter.headers['dead-group']).toBe(GROUP);
    }
    expect([...tries.keys()].sort()).toEqual(['bug', 'fine', 'refused', 'retried']);
  });

  it('dead-letters what fails validation with the list of failing fields, and goes on', async () => {
    const { kafka, publisher } = await openTopics();
    const seen: string[] = [];
    await write(publisher, [
      { id: 'broken', key: 'a', data: Buffer.from('{"truncated') },
      { id: 'whole', key: 'a' },
    ]);
    await member(kafka, publisher, async ({ id }) => (seen.push(id), done));
    const letter = await waitFor(
      async () => (await readAll(testKafkaBrokers(), kafka.physical(deadLetterTopic(TOPIC, GROUP).name)))[0],
      { timeoutMs: 15_000, description: 'the dead letter' },
    );
    expect(JSON.parse(letter.headers['dead-problems']!)).toEqual([
      { field: '', reason: expect.stringMatching(/not JSON/) },
    ]);
    await waitFor(() => seen.length === 1, { timeoutMs: 5_000, description: 'the record behind it' });
    expect(seen).toEqual(['whole']);
  });

  it('refuses to start when a subscribed topic has no handler', async () => {
    const { kafka, publisher } = await openTopics();
    @Module({})
    class Empty {}
    const app = await NestFactory.create(Empty, new FastifyAdapter(), { logger: false });
    closers.push(() => app.close());
    const strategy = new LaneServer({
      kafka,
      group: randomUUID(),
      topics: [TOPIC],
      gate: openGate,
      publisher,
      log: silent,
      onCrash: () => undefined,
    });
    app.connectMicroservice({ strategy });
    await expect(app.startAllMicroservices()).rejects.toThrow(/topics without a handler: webhook\.received\.v1/);
  });
});
