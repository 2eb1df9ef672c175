import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopic, EVENTS, TOPICS, type EventContract, type TopicDefinition } from '@heliograph/contracts';
import {
  guideMessage,
  guideSignature,
  inParallel,
  randomNumber,
  readAll,
  SERVICE_NAMES,
  System,
  textOf,
  TimelineReader,
  upTo,
  waitFor,
  writeRecords,
  type WrittenRecord,
} from '@heliograph/testing';

const STEP = { timeoutMs: 60_000, intervalMs: 100 };

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({ name: 'bad-input' });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

/** Every consumed topic with an event that belongs there and the groups that read it. */
const CONSUMED: [contract: EventContract, ...groups: string[]][] = [
  [EVENTS.webhookReceived, 'dedup-router'],
  [EVENTS.conversationMapped, 'dedup-router-mapping'],
  [EVENTS.messageReceived, 'session-state'],
  [EVENTS.messageSent, 'session-state'],
  [EVENTS.sendMessage, 'outbound-dispatcher'],
  [EVENTS.timelineEntry, 'crm-sync', 'messaging-api-timeline'],
];

const DEEP = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;

/** Records that no consumer of the topic can read. */
function garbage({ type, topic }: EventContract): WrittenRecord[] {
  const key = randomUUID();
  const headers = (): Record<string, string> => ({
    ce_id: randomUUID(),
    ce_type: type,
    ce_source: '/elsewhere',
    ce_time: new Date().toISOString(),
    ce_tenant: 'acme',
    ce_account: 'acme-genesys',
    ce_profile: 'genesys-guide',
  });
  return [
    // Kafka itself refuses a record without a key where it compacts.
    ...(topic.retention === 'compacted' ? [] : [{ key: null, value: 'hello' }]),
    { key, value: 'not an object', headers: headers() },
    { key, value: '{"type":', headers: headers() },
    { key, value: '{}', headers: headers() },
    { key, value: '{"conversationId":7,"type":7}', headers: headers() },
    { key, value: '{}', headers: { ...headers(), ce_type: 'no.such.event' } },
    { key, value: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), headers: headers() },
    { key, value: DEEP, headers: headers() },
    { key, value: null, headers: headers() },
  ];
}

/** One customer writes and is answered, on each of so many new conversations. */
async function conversationsFlow(count: number): Promise<void> {
  const { simulator, api } = system;
  await inParallel(upTo(count), 8, async () => {
    const customer = randomNumber();
    const [question, answer] = [`question ${randomUUID()}`, `answer ${randomUUID()}`];
    await simulator.customerWrites({ from: customer, text: question });
    await waitFor(() => timeline.ofKind('message.received').some((entry) => textOf(entry) === question), {
      ...STEP,
      description: 'the question is numbered',
    });
    const { messageId } = await api.send({ channel: 'whatsapp', sender: 'support', to: customer, text: answer });
    await waitFor(async () => (await api.message(messageId)).status === 'read', {
      ...STEP,
      description: 'the answer is read',
    });
  });
}

async function everythingIsReady(): Promise<void> {
  for (const service of SERVICE_NAMES) {
    await waitFor(() => system.replica(service).isReady(), { ...STEP, description: `${service} is ready` });
  }
}

async function expectDead(topic: TopicDefinition, count: number): Promise<void> {
  const dead = await waitFor(
    async () => {
      const found = await readAll(system.brokers, system.topic(topic));
      return found.length >= count && found;
    },
    { ...STEP, intervalMs: 500, description: `${count} records on ${topic.name}` },
  );
  expect(dead).toHaveLength(count);
  expect(dead.filter(({ headers }) => !headers['dead-reason'])).toEqual([]);
}

describe('records that nobody can read', () => {
  it(
    'are dead-lettered with the reason, on every topic and partition, and everything else flows',
    () =>
      system.watch(async () => {
        const written = new Map<EventContract, number>();
        for (const [contract] of CONSUMED) {
          const places = upTo(system.partitions).map((place) => place - 1);
          const records = places.flatMap((partition) => garbage(contract).map((record) => ({ ...record, partition })));
          await writeRecords(system.brokers, system.topic(contract.topic), records);
          written.set(contract, records.length);
        }
        await conversationsFlow(20);
        for (const [contract, ...groups] of CONSUMED) {
          for (const group of groups) await expectDead(deadLetterTopic(contract.topic, group), written.get(contract)!);
        }
        await everythingIsReady();
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
      }),
    240_000,
  );
});

describe('requests that make no sense', () => {
  it(
    'are refused at the doors, or dead-lettered behind them, and everything else flows',
    () =>
      system.watch(async () => {
        const { webhookUrl, webhookSecret } = system.context.files.accounts[0]!;
        const post = async (body: string | Buffer, signature?: string, url = webhookUrl): Promise<number> => {
          const headers = {
            'content-type': 'application/json',
            ...(signature && { 'x-genesys-cloud-signature': signature }),
          };
          return (await fetch(url, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) })).status;
        };
        const signed = (body: string | Buffer): Promise<number> => post(body, guideSignature(webhookSecret, body));
        const message = JSON.stringify(guideMessage());
        expect(await post(message)).toBe(401);
        expect(await post(message, guideSignature('wrong', message))).toBe(401);
        expect(
          await post(message, guideSignature(webhookSecret, message), webhookUrl.replace('acme-', 'nobodys-')),
        ).toBe(401);
        expect(await signed(message.slice(0, -1))).toBe(400);
        expect(await signed(Buffer.from([0x7b, 0xff, 0xfe, 0x7d]))).toBe(400);
        expect(await signed(JSON.stringify({ ...guideMessage(), pad: 'x'.repeat(2 * 1024 * 1024) }))).toBe(413);
        const read = async (): Promise<unknown[]> =>
          readAll(system.brokers, system.topic(deadLetterTopic(TOPICS.webhookReceived, 'dedup-router')));
        const before = (await read()).length;
        expect(await signed(JSON.stringify({ ...guideMessage(), type: 'no:such:type' }))).toBe(200);
        expect(await signed(JSON.stringify({ ...guideMessage(), from: 7, body: [] }))).toBe(200);
        await waitFor(async () => (await read()).length === before + 2, {
          ...STEP,
          intervalMs: 500,
          description: 'both events are dead-lettered',
        });
        for (const body of [undefined, 'hello', 7, [], {}, { channel: 'fax' }, { to: { number: 1 } }]) {
          expect((await system.api.trySend(body)).status).toBeGreaterThanOrEqual(400);
          expect((await system.api.trySend(body)).status).toBeLessThan(500);
        }
        await conversationsFlow(3);
        await everythingIsReady();
      }),
    120_000,
  );
});
