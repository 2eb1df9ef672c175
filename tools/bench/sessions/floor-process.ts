// The floor of session-state: read a batch, parse it, number its facts in memory, write the states by one script, then entries
// and states in one request. Entries and states are about as large as ours.
import type { Parties } from '@heliograph/contracts';
import { bareKafka, consumeBare, createTopic, type BareConsumerOptions } from '../bare/bare-kafka.ts';
import { readOrder, tellReady } from '../bare/bare-process.ts';
import { BareProducer } from '../bare/bare-producer.ts';
import { KEPT_MS, openBareRedis, SET_ALL, type RedisPlace } from '../bare/bare-redis.ts';

export interface FloorOrder extends BareConsumerOptions, RedisPlace {
  /** Of the states; one per fact, as ours. */
  output: string;
  entries: string;
}

interface State extends Record<string, unknown> {
  sequence: number;
  recentFacts: string[];
  messages: object[];
}

const REMEMBERED_FACTS = 128;
const HASH_CHARACTERS = 12;

const order = readOrder<FloorOrder>();
for (const topic of [order.output, order.entries]) await createTopic(bareKafka(order.brokers), topic);
const redis = await openBareRedis(order);
const producer = await BareProducer.open(order.brokers);
const states = new Map<string, State>();

await consumeBare(order, async (messages) => {
  const folded = messages.map(({ value, headers }) => {
    const fact = JSON.parse(String(value)) as Parties & { messageId?: string };
    const state = next(fact, String(headers?.ce_id));
    const entry = { ...fact, sequence: state.sequence, kind: String(headers?.ce_type), fact };
    return { key: fact.conversationId, state: JSON.stringify(state), entry: JSON.stringify(entry) };
  });
  const keys = folded.map(({ key }) => `{floor}:${key}`);
  await redis.runScript(SET_ALL, keys, [KEPT_MS, ...folded.map(({ state }) => state)]);
  await producer.sendAll([
    ...folded.map(({ key, entry: value }) => ({ topic: order.entries, key, value })),
    ...folded.map(({ key, state: value }) => ({ topic: order.output, key, value })),
  ]);
});
tellReady();

function next(fact: Parties & { messageId?: string }, id: string): State {
  const { conversationId, tenant, account, channel, sender, contact, messageId } = fact;
  const before = states.get(conversationId) ?? { sequence: 0, recentFacts: [], messages: [] };
  const at = new Date().toISOString();
  const message = messageId === undefined ? [] : [{ messageId, providerMessageId: id, status: 'read', at }];
  const state: State = {
    ...{ conversationId, tenant, account, channel, sender, contact },
    sequence: before.sequence + 1,
    recentFacts: [...before.recentFacts.slice(1 - REMEMBERED_FACTS), id.slice(0, HASH_CHARACTERS)],
    messages: [...before.messages, ...message],
  };
  states.set(conversationId, state);
  return state;
}
