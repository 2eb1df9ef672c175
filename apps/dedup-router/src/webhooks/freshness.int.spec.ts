import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FreshnessStore, STOP_PATH, TEMPLATE_PATH, type FreshnessStage, type RedisClient } from '@heliograph/redis';
import { guideConversation, guideMessage, waitFor } from '@heliograph/testing';
import { partiesOf, RouterBench } from '../../test/router-bench.ts';

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
async function marksAnew(path: FreshnessStage): Promise<void> {
  const { ms } = await new FreshnessStore(redis, path).now();
  const isAnew = async () => ((await bench.mark(redis, path)) ?? 0) > ms;
  await waitFor(isAnew, { timeoutMs: 30_000, description: `the marks of ${path.path} have moved on` });
}

describe.each([
  ['what providers tell of templates', TEMPLATE_PATH],
  ['what customers say', STOP_PATH],
])('the marks of %s', (_, path) => {
  it('are kept for every partition, with and without traffic', async () => {
    await marksAnew(path);
    await bench.receive([guideMessage()]);
    await marksAnew(path);
  }, 60_000);

  it('do not wait for an event whose conversation is not known: it says nothing of that', async () => {
    const conversationId = randomUUID();
    const [event, behind] = [guideConversation(conversationId, 'queued'), guideConversation(conversationId, 'active')];
    await bench.receive([event, behind]);
    await marksAnew(path);
    expect(bench.factsOf(event)).toEqual([]);
  }, 60_000);

  it('come back by themselves when Redis has lost them', async () => {
    const keys = await redis.client.keys(`${redis.namespace}*:fresh:*:${path.path}`);
    expect(keys).toHaveLength(3);
    await redis.client.del(...keys.map((key) => key.slice(redis.namespace.length)));
    await marksAnew(path);
  }, 60_000);

  it('stand still while the router is stopped, and go on with its next start', async () => {
    await bench.service.stop();
    const before = await bench.mark(redis, path);
    const store = new FreshnessStore(redis, path);
    await waitFor(async () => (await store.now()).ms > before! + 1_000, { description: 'a second has passed' });
    expect(await bench.mark(redis, path)).toBe(before);
    await bench.start();
    await marksAnew(path);
  }, 60_000);
});

describe('a message behind an event whose conversation is not known', () => {
  it('holds the marks of what customers say until it is routed, and none of templates', async () => {
    const conversationId = randomUUID();
    const [event, stop] = [guideConversation(conversationId, 'queued'), guideMessage({ conversationId, text: 'STOP' })];
    await bench.receive([event, stop], { key: conversationId });
    await marksAnew(TEMPLATE_PATH);
    const before = await bench.mark(redis, STOP_PATH);
    await marksAnew(TEMPLATE_PATH);
    expect(await bench.mark(redis, STOP_PATH)).toBe(before);
    await bench.map(conversationId, partiesOf());
    await bench.fact(stop);
    await marksAnew(STOP_PATH);
  }, 60_000);
});
