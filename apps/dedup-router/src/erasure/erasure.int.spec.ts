import { ERASED, EVENTS, factId, type ContactErased, type Parties } from '@heliograph/contracts';
import { newEvent } from '@heliograph/kafka';
import {
  guideMessage,
  guideReceipt,
  redisContents,
  startPrivateRedis,
  waitFor,
  type RunningRedis,
} from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partiesOf, RouterBench } from '../../test/router-bench.ts';

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

async function erase({ contact: _, ...who }: Parties): Promise<void> {
  const { conversationId: key, tenant } = who;
  const at = new Date().toISOString();
  const data: ContactErased = { ...who, contact: ERASED, erasureId: factId(at), at };
  const event = newEvent(EVENTS.contactErased, { id: factId(key), key, data, tenant, source: '/spec' });
  await bench.publisher.publish([{ contract: EVENTS.contactErased, event }]);
}

const mappingsOf = (provider: string) => bench.mapped.filter(({ data }) => data.providerConversationId === provider);

async function inRedis(address: string): Promise<string[]> {
  const client = bench.redisClient();
  await client.whenUp();
  const texts = await redisContents(client.client, bench.namespace);
  await client.close();
  return texts.filter((text) => text.includes(address));
}

describe('the mappings of an erased contact', () => {
  it('have no address any more, on the topic and in Redis, still lead to the conversation, and stay so', async () => {
    const who = partiesOf();
    const message = guideMessage({ from: who.contact, conversationId: crypto.randomUUID() });
    await bench.receive([message]);
    const { data } = await bench.fact(message);
    const opened = crypto.randomUUID();
    await bench.map(opened, partiesOf({ contact: who.contact }));
    await waitFor(async () => (await inRedis(opened)).length > 1, { description: 'what was opened is known' });
    await erase(partiesOf({ contact: who.contact }));

    for (const provider of [message.conversation.id, opened]) {
      await waitFor(() => mappingsOf(provider).at(-1)?.data.contact === ERASED, { description: 'it is erased' });
    }
    await waitFor(async () => (await inRedis(who.contact)).length === 0, { description: 'Redis knows no address' });
    const receipt = guideReceipt('m-1', 'delivered', opened);
    await bench.receive([receipt]);
    const told = await bench.fact(receipt);
    expect(told.data).toMatchObject({ conversationId: data.conversationId, contact: ERASED });

    await redis.restart({ empty: true });
    const later = guideReceipt('m-1', 'read', message.conversation.id);
    await bench.receive([later]);
    expect((await bench.fact(later)).data).toMatchObject({ conversationId: data.conversationId, contact: ERASED });
    expect(await inRedis(who.contact)).toEqual([]);
  }, 60_000);
});
