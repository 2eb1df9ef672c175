import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partitionKey } from '@heliograph/redis';
import { startPrivateRedis, waitFor, type RunningRedis } from '@heliograph/testing';
import { DispatcherBench, next, smsCommand, whatsappCommand } from '../../test/dispatcher-bench.ts';

const TIMEOUT_MS = 3_000;
const DOUBT = partitionKey(0, 'doubt', 'outbound-dispatcher');
let redis: RunningRedis;
let bench: DispatcherBench;
beforeAll(async () => {
  redis = await startPrivateRedis();
  // One partition, so that a loss is noticed by the next command, whichever it is.
  bench = await DispatcherBench.open({ redisUrl: redis.url, requestTimeoutMs: TIMEOUT_MS, partitions: 1 });
}, 90_000);
afterAll(async () => {
  await bench.close();
  await redis.stop();
}, 30_000);

describe('an answer in hand while Redis is away', () => {
  it('is recorded when it is back, and the message is not sent again', async () => {
    const { account, at } = bench.nextAccount();
    let frozen = false;
    at.answer = ({ kind }) => {
      if (kind === 'message') {
        frozen = true;
        void redis.pause();
      }
      return undefined;
    };
    const command = smsCommand(account);
    await bench.publish(command);
    await waitFor(() => frozen, { description: 'the provider answers while Redis stands still' });
    await waitFor(() => bench.hasLogged('redis is unavailable'), { description: 'the dispatcher notices' });
    await redis.resume();
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    expect(at.messages).toHaveLength(1);
  }, 60_000);

  it('counts even when Redis comes back empty', async () => {
    const { account, at } = bench.nextAccount();
    const first = smsCommand(account);
    await bench.publish(first);
    await bench.outcome(first);
    const killed: Promise<void>[] = [];
    at.answer = ({ kind }) => {
      if (kind === 'message' && killed.length === 0) killed.push(redis.kill());
      return undefined;
    };
    const command = next(first);
    await bench.publish(command);
    await waitFor(() => killed.length > 0, { description: 'the provider answers while Redis goes' });
    await Promise.all(killed);
    await redis.restart({ empty: true });
    await bench.sessionsAreBack();
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    expect(at.messages).toHaveLength(2);
    expect(bench.factsOf(command)).toHaveLength(1);
  }, 60_000);
});

describe('a Redis that was emptied', () => {
  it('gets its outcomes and conversations back from the topic; nothing is silently sent again', async () => {
    const { account, at } = bench.nextAccount();
    const done = smsCommand(account);
    await bench.publish(done);
    await bench.outcome(done);
    at.answer = ({ kind, text }) => (kind === 'message' && text === 'held' ? 'hang' : undefined);
    const text = (said: string) => ({ content: { type: 'text' as const, text: said } });
    // Each in a lane of its own.
    const campaign = smsCommand(account, { ...text('held'), class: 'campaign' });
    const held = smsCommand(account, text('held'));
    await bench.publish(campaign, held);
    await waitFor(() => at.texts.filter((said) => said === 'held').length === 2, { description: 'both arrived' });
    await bench.redis.client.flushall();
    await bench.sessionsAreBack();
    at.answer = () => undefined;
    const later = next(done);
    await bench.publish(later, done);
    expect(await bench.outcome(campaign, 40_000)).toMatchObject({ type: 'message.unresolved' });
    expect(await bench.outcome(held, 40_000)).toMatchObject({ type: 'message.sent', possiblyRepeated: true });
    expect((await bench.outcome(later, 40_000)).type).toBe('message.sent');
    await waitFor(() => bench.factsOf(done).length === 2, { description: 'the repeat is answered from the ledger' });
    expect(at.texts.filter((said) => said === done.content.text)).toHaveLength(1);
    expect(at.texts.filter((said) => said === 'held')).toHaveLength(3);
    // The conversation it opened is known again.
    const conversations = at.messages.filter(({ text: said }) =>
      [done.content.text, later.content.text].includes(said),
    );
    expect(new Set(conversations.map(({ conversationId }) => conversationId)).size).toBe(1);
  }, 60_000);

  it('refuses nothing for want of a session that is not back yet', async () => {
    const { account, at } = bench.nextAccount();
    const answer = whatsappCommand(account);
    at.conversations.set('open', 'open');
    await bench.customerWrote(answer, { providerConversationId: 'open' });
    await bench.redis.client.flushall();
    await bench.publish(answer);
    // The ledger is back by then, which is all that the dispatcher needs of its own.
    await waitFor(() => bench.redis.client.exists(DOUBT), { timeoutMs: 30_000, description: 'the ledger is reread' });
    expect(at.messages).toEqual([]);
    await bench.customerWrote(answer, { providerConversationId: 'open' });
    await bench.sessionsAreBack();
    expect((await bench.outcome(answer, 40_000)).type).toBe('message.sent');
    expect(at.messages.map(({ conversationId }) => conversationId)).toEqual(['open']);
  }, 60_000);

  it('leaves no doubt about commands that came after the loss', async () => {
    const { account } = bench.nextAccount();
    const command = smsCommand(account);
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    expect(await bench.redis.client.exists(DOUBT)).toBe(1);
  }, 60_000);
});
