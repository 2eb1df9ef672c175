// The floor of outbound-dispatcher: read commands, and for each a budget lease, begin, the request, finish and the fact, with as
// many in work and as many connections; leases, begins and finishes by one script per batch of those that wait. The fact has as
// many headers as ours: those of its command.
import { Pool } from 'undici';
import { script } from '@heliograph/redis';
import { bareKafka, consumeBare, createTopic, type BareConsumerOptions } from '../bare/bare-kafka.ts';
import { readOrder, tellReady } from '../bare/bare-process.ts';
import { BareProducer, type TopicMessage } from '../bare/bare-producer.ts';
import { KEPT_MS, openBareRedis, SET_ALL, type RedisPlace } from '../bare/bare-redis.ts';
import { GroupCommit } from '../bare/group-commit.ts';

export interface FloorOrder extends BareConsumerOptions, RedisPlace {
  output: string;
  provider: string;
  /** Commands in work at once, and connections to the provider. */
  workers: number;
  connections: number;
}

interface Command {
  conversationId: string;
  messageId: string;
  contact: string;
  content: { text: string };
}

interface Work {
  command: Command;
  headers: TopicMessage['headers'];
}

const LEASE = script({ name: 'lease', file: new URL('./lease.lua', import.meta.url), keys: 1 });

const order = readOrder<FloorOrder>();
const { output: topic } = order;
await createTopic(bareKafka(order.brokers), topic);
const redis = await openBareRedis(order);
const producer = await BareProducer.open(order.brokers);
const provider = new Pool(order.provider, { connections: order.connections, pipelining: 1 });

const leases = new GroupCommit<void>(async (waiting) => {
  await redis.runScript(LEASE, ['{floor}:budget'], [waiting.length]);
});
const writer = (state: string): GroupCommit<string> =>
  new GroupCommit(async (ids) => {
    await redis.runScript(
      SET_ALL,
      ids.map((id) => `{floor}:${id}`),
      [KEPT_MS, ...ids.map(() => state)],
    );
  });
const begins = writer('inflight');
const finishes = writer('confirmed');

const waiting: Work[] = [];
let working = 0;
await consumeBare(order, (messages) => {
  for (const { value, headers } of messages) waiting.push({ command: JSON.parse(String(value)) as Command, headers });
  for (; working < order.workers && waiting.length > 0; working++) void work();
});
tellReady();

async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) await send(next);
  working--;
}

async function send({ command, headers }: Work): Promise<void> {
  await leases.add();
  await begins.add(command.messageId);
  const answer = await provider.request({
    method: 'POST',
    path: '/floor/api/v2/conversations/messaging/conversation/messages',
    headers: { authorization: 'Bearer token', accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify({ to: { id: command.contact }, text: { content: command.content.text, type: 'text' } }),
  });
  const { id } = (await answer.body.json()) as { id: string };
  if (answer.statusCode !== 200) throw new Error(`the provider answered ${answer.statusCode}`);
  await finishes.add(command.messageId);
  await producer.send({
    topic,
    key: command.conversationId,
    headers,
    value: JSON.stringify({ ...command, providerMessageId: id }),
  });
}
