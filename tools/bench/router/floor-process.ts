// The floor of dedup-router: read a batch, parse it, drop what is known by one script, write the rest in one request.
import { bareKafka, consumeBare, createTopic, type BareConsumerOptions } from '../bare/bare-kafka.ts';
import { readOrder, tellReady } from '../bare/bare-process.ts';
import { BareProducer } from '../bare/bare-producer.ts';
import { CLAIM_ALL, KEPT_MS, openBareRedis, type RedisPlace } from '../bare/bare-redis.ts';

export interface FloorOrder extends BareConsumerOptions, RedisPlace {
  output: string;
}

const order = readOrder<FloorOrder>();
const { output: topic } = order;
await createTopic(bareKafka(order.brokers), topic);
const redis = await openBareRedis(order);
const producer = await BareProducer.open(order.brokers);

await consumeBare(order, async (messages) => {
  const ids = messages.map(({ headers }) => `{floor}:${String(headers?.ce_id)}`);
  const events = messages.map(({ value }) => JSON.parse(String(value)) as { conversation: { id: string } });
  const isNew = await redis.runScript<number[]>(CLAIM_ALL, ids, [KEPT_MS]);
  const fresh = events.filter((_, index) => isNew[index] === 1);
  const records = fresh.map((event) => ({ topic, key: event.conversation.id, value: JSON.stringify(event) }));
  if (records.length > 0) await producer.sendAll(records);
});
tellReady();
