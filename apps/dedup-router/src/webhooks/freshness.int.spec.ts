import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FreshnessStore, TEMPLATE_PATH, type RedisClient } from '@heliograph/redis';
import { guideConversation, guideMessage, waitFor } from '@heliograph/testing';
import { RouterBench } from '../../test/router-bench.ts';

let bench: RouterBench;
let redis: RedisClient;
beforeAll(async () => {
  bench = await RouterBench.open();
  redis = bench.redisClient();
  await redis.whenUp();
}, 60_000);
afterAll(async () => {
  await redis.close();
  await bench.close();
});

/** Resolves when every partition is marked as of a moment that comes after this call. */
async function marksAnew(): Promise<void> {
  const { ms } = await new FreshnessStore(redis, TEMPLATE_PATH).now();
  const isAnew = async () => ((await bench.mark(redis)) ?? 0) > ms;
  await waitFor(isAnew, { timeoutMs: 30_000, description: 'the marks have moved on' });
}

describe('the marks of the template path', () => {
  it('are kept for every partition, with and without traffic', async () => {
    await marksAnew();
    await bench.receive([guideMessage()]);
    await marksAnew();
  }, 60_000);

  it('do not wait for an event whose conversation is not known: it says nothing of templates', async () => {
    const conversationId = randomUUID();
    const [event, behind] = [guideConversation(conversationId, 'queued'), guideConversation(conversationId, 'active')];
    await bench.receive([event, behind]);
    await marksAnew();
    expect(bench.factsOf(event)).toEqual([]);
  }, 60_000);

  it('come back by themselves when Redis has lost them', async () => {
    const keys = await redis.client.keys(`${redis.namespace}*:fresh:*`);
    expect(keys).toHaveLength(3);
    await redis.client.del(...keys.map((key) => key.slice(redis.namespace.length)));
    await marksAnew();
  }, 60_000);

  it('stand still while the router is stopped, and go on with its next start', async () => {
    await bench.service.stop();
    const before = await bench.mark(redis);
    const store = new FreshnessStore(redis, TEMPLATE_PATH);
    await waitFor(async () => (await store.now()).ms > before! + 1_000, { description: 'a second has passed' });
    expect(await bench.mark(redis)).toBe(before);
    await bench.start();
    await marksAnew();
  }, 60_000);
});
