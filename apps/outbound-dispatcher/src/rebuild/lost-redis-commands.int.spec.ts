import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS } from '@heliograph/contracts';
import { startPrivateRedis, waitFor, type RunningRedis } from '@heliograph/testing';
import { commandOf, DispatcherBench, next, whatsappCommand, type GivenCommand } from '../../test/dispatcher-bench.ts';
import { TemplateTable } from '../templates/template-table.ts';

let redis: RunningRedis;
let bench: DispatcherBench;
beforeAll(async () => {
  redis = await startPrivateRedis();
  bench = await DispatcherBench.open({ redisUrl: redis.url, requestTimeoutMs: 1_000, partitions: 1 });
}, 90_000);
afterAll(async () => {
  await bench.close();
  await redis.stop();
}, 30_000);

const windowTemplate = { name: 'you_have_a_reply', language: 'en', parameters: [] };
const again = (command: GivenCommand, times: number) =>
  waitFor(() => bench.factsOfCommand(command).length === times && bench.factsOfCommand(command), {
    timeoutMs: 40_000,
    description: `${command.contract.type} has its outcome ${times} times`,
  });

describe('after Redis was emptied', () => {
  it('outcomes of commands, closed conversations and questions asked are known again from the topic', async () => {
    const { account, at } = bench.nextAccount();
    await bench.template({ account, name: windowTemplate.name, status: 'APPROVED' });
    const message = whatsappCommand(account, { ifWindowClosed: 'hold', windowTemplate });
    const wrote = () => bench.customerWrote(message, { hoursAgo: 30, providerConversationId: 'conv-1' });
    const table = bench.service.app.get(TemplateTable);
    const content = { type: 'template' as const, ...windowTemplate };
    await waitFor(() => table.refusal({ ...message, content }) === undefined, { description: 'it is approved' });
    at.conversations.set('conv-1', 'open');
    at.agents.set('conv-1', [{ id: 'agent-2', role: 'agent', status: 'pending' }]);
    await wrote();
    const handOff = commandOf(EVENTS.handOff, message, { to: 'agent' as const, agentId: 'agent-1', accepted: true });
    const failed = commandOf(EVENTS.acceptParticipant, message, { agentId: 'agent-9' });
    const close = commandOf(EVENTS.closeConversation, message, { code: 'resolved' });
    await bench.publish(message);
    await bench.command(handOff, failed, close);
    await bench.commandOutcome(close);
    // In work when Redis goes: done at the provider, and the answer never comes.
    const busy = whatsappCommand(account);
    const inWork = commandOf(EVENTS.acceptParticipant, busy, { agentId: 'agent-3' });
    at.conversations.set('conv-2', 'open');
    at.agents.set('conv-2', [{ id: 'agent-3', role: 'agent', status: 'pending' }]);
    const busyWrote = () => bench.customerWrote(busy, { providerConversationId: 'conv-2' });
    await busyWrote();
    at.answer = ({ kind, conversationId }) => (kind === 'add' && conversationId === 'conv-2' ? 'hang' : undefined);
    await bench.command(inWork);
    await waitFor(() => at.agentsOf('conv-2').includes('agent-3 accepted'), { description: 'it is in work' });
    const requests = at.agentRequests.length;

    await bench.redis.client.flushall();
    await wrote();
    await busyWrote();
    await bench.sessionsAreBack();
    const later = next(message);
    await bench.command(handOff, failed, close);
    await bench.publish(later);
    for (const command of [handOff, failed, close]) {
      const [first, second] = await again(command, 2);
      expect([second!.id, second!.data]).toEqual([first!.id, first!.data]);
    }
    expect(await bench.commandOutcome(inWork, 40_000)).toMatchObject({
      ...{ type: 'participant.accepted', agentId: 'agent-3', possiblyRepeated: true },
    });
    expect(at.agentRequests).toHaveLength(requests);
    // Held as well, and nobody is asked a second time; what is sent goes into another conversation.
    await waitFor(() => bench.factsOf(later).length === 1, { timeoutMs: 40_000, description: 'the next one is held' });
    expect(bench.factsOf(later)[0]!.type).toBe('message.held');
    expect(at.texts).toEqual([windowTemplate.name]);
    const sent = next(message, { content });
    await bench.publish(sent);
    expect((await bench.outcome(sent, 40_000)).providerConversationId).not.toBe('conv-1');
  }, 120_000);
});
