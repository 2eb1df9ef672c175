import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RedisClient } from '@heliograph/redis';
import { guideMessage, guideReceipt, startPrivateRedis, waitFor, type RunningRedis } from '@heliograph/testing';
import { RouterBench } from '../../test/router-bench.ts';

let redis: RunningRedis;
let bench: RouterBench;
beforeAll(async () => {
  redis = await startPrivateRedis();
  bench = await RouterBench.open(redis.url);
}, 90_000);
afterAll(async () => {
  await bench.close();
  await redis.stop();
}, 30_000);

/** A message opens the mapping; its receipt, which names only the provider conversation, needs it. */
async function mappedMessage() {
  const message = guideMessage();
  await bench.receive([message]);
  const { data } = await bench.fact(message);
  return { providerConversationId: message.conversation.id, conversationId: data.conversationId, message };
}

async function expectResolved({ providerConversationId, conversationId }: Awaited<ReturnType<typeof mappedMessage>>) {
  const receipt = guideReceipt('m-1', 'delivered', providerConversationId);
  await bench.receive([receipt]);
  expect((await bench.fact(receipt)).data.conversationId).toBe(conversationId);
}

describe('the mapping', () => {
  it('survives a Redis that was emptied in place', async () => {
    const mapped = await mappedMessage();
    const client = new RedisClient({ url: redis.url, namespace: '' });
    await client.whenUp();
    await client.client.flushall();
    await client.close();
    await expectResolved(mapped);
  }, 60_000);

  it('is read again when Redis restarts, because its file may lack the last second', async () => {
    const mapped = await mappedMessage();
    await redis.restart();
    await expectResolved(mapped);
    const unknown = guideReceipt('m-1', 'delivered', randomUUID());
    bench.logLines.length = 0;
    await bench.receive([unknown]);
    const reread = () => bench.logLines.some((line) => line.includes('conversation mapping reread'));
    await waitFor(reread, { description: 'what is not found is looked for on the topic' });
  }, 60_000);

  it('survives a Redis that comes back empty', async () => {
    const mapped = await mappedMessage();
    await redis.restart({ empty: true });
    await expectResolved(mapped);
  }, 60_000);

  it('is there for a router that starts with an empty Redis', async () => {
    const mapped = await mappedMessage();
    await bench.service.stop();
    await redis.restart({ empty: true });
    await bench.start();
    await expectResolved(mapped);
  }, 60_000);

  it('makes a repeat after the loss the same fact again, under the same id', async () => {
    const { message } = await mappedMessage();
    await redis.restart({ empty: true });
    await bench.receive([message]);
    await bench.passed(message.conversation.id, guideMessage({ conversationId: message.conversation.id }));
    const facts = bench.factsOf(message);
    expect(facts).toHaveLength(2);
    expect(facts[1]!.data).toEqual(facts[0]!.data);
  }, 60_000);
});
