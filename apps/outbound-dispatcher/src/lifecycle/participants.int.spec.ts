import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { commandOf, DispatcherBench, next, whatsappCommand, type GivenCommand } from '../../test/dispatcher-bench.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open({ requestTimeoutMs: 5_000 })), 60_000);
afterAll(() => bench.close());

/** A conversation with these agents: `agent-1 accepted`. */
async function withAgents(...agents: string[]) {
  const { account, at } = bench.nextAccount();
  const message = whatsappCommand(account);
  at.conversations.set('conv-1', 'open');
  at.agents.set(
    'conv-1',
    agents.map((agent) => {
      const [id, status] = agent.split(' ');
      return { id: id!, role: 'agent', status: status! };
    }),
  );
  await bench.customerWrote(message, { providerConversationId: 'conv-1' });
  const accept = (agentId: string) => commandOf(EVENTS.acceptParticipant, message, { agentId });
  const wrapUp = (agentId: string, code = 'resolved') =>
    commandOf(EVENTS.wrapUpParticipant, message, { agentId, code });
  const close = (rest: object = {}) => commandOf(EVENTS.closeConversation, message, { code: 'resolved', ...rest });
  return { account, at, message, accept, wrapUp, close };
}
async function outcomeOf(command: GivenCommand) {
  await bench.command(command);
  return bench.commandOutcome(command);
}

describe('an agent (guide 000, section 5)', () => {
  it('who is pending is set accepted', async () => {
    const { at, accept } = await withAgents('agent-1 pending');
    expect(await outcomeOf(accept('agent-1'))).toMatchObject({ type: 'participant.accepted', agentId: 'agent-1' });
    expect(at.agentRequests).toEqual(['add agent-1 accepted']);
  }, 60_000);

  it('whom the provider leaves pending although it took the request is not told as accepted', async () => {
    const { at, accept } = await withAgents('agent-1 pending');
    at.answer = ({ kind }) =>
      kind === 'add' ? { status: 201, body: { id: 'agent-1', status: 'pending' } } : undefined;
    const command = accept('agent-1');
    const failed = { type: 'command.failed', code: 'left-pending', possiblyRepeated: false };
    expect(await outcomeOf(command)).toMatchObject(failed);
    at.answer = () => undefined;
    await bench.command(command);
    const told = await waitFor(() => bench.factsOfCommand(command).length === 2 && bench.factsOfCommand(command), {
      description: 'the outcome is published again',
    });
    expect(told[1]!.data).toEqual(told[0]!.data);
    expect((await outcomeOf(accept('agent-1'))).type).toBe('participant.accepted');
  }, 60_000);

  it('is wrapped up with the code', async () => {
    const { at, wrapUp } = await withAgents('agent-1 accepted', 'agent-2 accepted');
    const fact = await outcomeOf(wrapUp('agent-1', 'sold'));
    expect(fact).toMatchObject({ type: 'participant.wrapped-up', agentId: 'agent-1', code: 'sold' });
    expect(at.agentsOf('conv-1')).toEqual(['agent-1 wrapped_up', 'agent-2 accepted']);
    expect(at.conversations.get('conv-1')).toBe('open');
  }, 60_000);

  it('who is there already as asked for is left alone, which is a success', async () => {
    const { at, accept, wrapUp } = await withAgents('agent-1 accepted', 'agent-2 wrapped_up');
    expect((await outcomeOf(accept('agent-1'))).type).toBe('participant.accepted');
    expect((await outcomeOf(wrapUp('agent-2'))).type).toBe('participant.wrapped-up');
    expect(at.agentRequests).toEqual([]);
    expect(at.arrivals.map(({ kind }) => kind)).toEqual(['list', 'list']);
  }, 60_000);

  it('who has no part in it, or has wrapped up, cannot be accepted; the lane goes on', async () => {
    const { at, message, accept } = await withAgents('agent-1 wrapped_up');
    expect(await outcomeOf(accept('agent-2'))).toMatchObject({
      ...{ type: 'command.failed', command: 'participant.accept', code: 'not-found', possiblyRepeated: false },
      reason: 'agent "agent-2" has no part in the conversation',
    });
    expect(await outcomeOf(accept('agent-1'))).toMatchObject({ type: 'command.failed', code: 'invalid-request' });
    await bench.publish(message);
    expect((await bench.outcome(message)).type).toBe('message.sent');
    expect(at.agentRequests).toEqual([]);
  }, 60_000);

  it('refused by the provider: the failed fact keeps its text', async () => {
    const { at, wrapUp } = await withAgents('agent-1 accepted');
    at.answer = ({ kind }) =>
      kind === 'wrap-up' ? { status: 400, body: { message: 'wrap_up_code: is not known', code: 'bad' } } : undefined;
    expect(await outcomeOf(wrapUp('agent-1'))).toMatchObject({
      ...{ type: 'command.failed', code: 'invalid-request' },
      reason: 'status 400, bad: wrap_up_code: is not known',
    });
  }, 60_000);

  it('of a conversation that is closed, or that there never was, cannot be changed', async () => {
    const { account } = bench.nextAccount();
    const nowhere = commandOf(EVENTS.acceptParticipant, whatsappCommand(account), { agentId: 'agent-1' });
    expect(await outcomeOf(nowhere)).toMatchObject({ type: 'command.failed', code: 'no-conversation' });
    const { at, accept } = await withAgents('agent-1 pending');
    at.conversations.set('conv-1', 'closed');
    at.answer = ({ kind }) =>
      kind === 'add' ? { status: 400, body: { message: 'closed', code: 'conversation.closed' } } : undefined;
    expect(await outcomeOf(accept('agent-1'))).toMatchObject({ type: 'command.failed', code: 'conversation-closed' });
  }, 60_000);
});

describe('closing a conversation (guide 000, section 5)', () => {
  it('wraps up every agent who has not, with the code; one left pending accepts first', async () => {
    const { at, close } = await withAgents('agent-1 accepted', 'agent-2 wrapped_up', 'agent-3 pending');
    const fact = await outcomeOf(close({ code: 'sold', reason: 'the customer is content' }));
    expect(fact).toMatchObject({
      ...{ type: 'conversation.closed', code: 'sold', reason: 'the customer is content' },
      ...{ wrappedUp: ['agent-1', 'agent-3'], providerConversationId: 'conv-1', possiblyRepeated: false },
    });
    expect(at.agentRequests).toEqual(['wrap-up agent-1 sold', 'add agent-3 accepted', 'wrap-up agent-3 sold']);
    expect(at.conversations.get('conv-1')).toBe('closed');
  }, 60_000);

  it('whose agents have all wrapped up says so once more: the provider may have left it active', async () => {
    const { at, close } = await withAgents('agent-1 wrapped_up', 'agent-2 wrapped_up');
    const command = close();
    expect(await outcomeOf(command)).toMatchObject({ type: 'conversation.closed', wrappedUp: [] });
    expect(at.agentRequests).toEqual(['wrap-up agent-2 resolved']);
    expect(at.conversations.get('conv-1')).toBe('closed');
  }, 60_000);

  it('that the provider has closed, or will not close, is a success when all have wrapped up', async () => {
    for (const code of ['conversation.closed', 'bad']) {
      const { at, close } = await withAgents('agent-1 wrapped_up');
      at.answer = ({ kind }) => (kind === 'wrap-up' ? { status: 400, body: { message: 'no', code } } : undefined);
      expect(await outcomeOf(close())).toMatchObject({ type: 'conversation.closed', wrappedUp: [] });
    }
  }, 60_000);

  it('with nobody left is over on our side: nothing is sent into it any more', async () => {
    const { at, message, close } = await withAgents();
    expect(await outcomeOf(close())).toMatchObject({ type: 'conversation.closed', wrappedUp: [] });
    const later = next(message);
    await bench.publish(later);
    expect((await bench.outcome(later)).providerConversationId).not.toBe('conv-1');
    expect(at.opened).toHaveLength(1);
  }, 60_000);

  it('that is closed already, or that the provider does not know any more, is a success', async () => {
    const { at, close } = await withAgents('agent-1 accepted');
    at.conversations.delete('conv-1');
    expect(await outcomeOf(close())).toMatchObject({ type: 'conversation.closed', wrappedUp: [] });
    const { account } = bench.nextAccount();
    const nothing = commandOf(EVENTS.closeConversation, whatsappCommand(account), { code: 'resolved' });
    expect(await outcomeOf(nothing)).toMatchObject({ type: 'conversation.closed', wrappedUp: [] });
    expect(at.agentRequests).toEqual([]);
  }, 60_000);
});

describe('a command about a conversation', () => {
  it('that is repeated is carried out once, and its outcome is published again word for word', async () => {
    const { at, close, accept } = await withAgents('agent-1 pending');
    const given = [accept('agent-1'), close()];
    await bench.command(...given, ...given);
    for (const command of given) {
      const told = await waitFor(() => bench.factsOfCommand(command).length === 2 && bench.factsOfCommand(command), {
        description: 'the outcome is published again',
      });
      expect([told[1]!.id, told[1]!.time, told[1]!.data]).toEqual([told[0]!.id, told[0]!.time, told[0]!.data]);
    }
    expect(at.agentRequests).toEqual(['add agent-1 accepted', 'wrap-up agent-1 resolved']);
  }, 60_000);

  it('that expired fails without a request, not even for a token', async () => {
    const { account, at } = bench.nextAccount();
    const expiresAt = new Date(Date.now() - 1).toISOString();
    const command = commandOf(EVENTS.closeConversation, whatsappCommand(account), { code: 'resolved', expiresAt });
    expect(await outcomeOf(command)).toMatchObject({ type: 'command.failed', code: 'expired' });
    expect([at.arrivals.length, at.tokenRequests]).toEqual([0, 0]);
  }, 60_000);

  it('of an account or sender that is not configured fails with that reason', async () => {
    const { account } = bench.nextAccount();
    const message = whatsappCommand(account);
    const cases = [
      [{ ...message, account: 'none' }, 'unknown-account'],
      [{ ...message, sender: 'none' }, 'unknown-sender'],
    ] as const;
    for (const [of, code] of cases) {
      const command = commandOf(EVENTS.closeConversation, of, { code: 'resolved' });
      expect(await outcomeOf(command)).toMatchObject({ type: 'command.failed', code });
    }
  }, 60_000);

  it('that cannot be read is dead-lettered and yields a failed fact, as far as it says which one it is', async () => {
    const { account } = bench.nextAccount();
    const command = commandOf(EVENTS.wrapUpParticipant, whatsappCommand(account), { agentId: 'agent-1', code: '' });
    const fact = await outcomeOf(command);
    expect(fact).toMatchObject({ type: 'command.failed', command: 'participant.wrap-up', code: 'dead-lettered' });
    expect(fact.reason).toMatch(/^invalid record: code: /);
  }, 60_000);

  it('that is throttled waits without losing its place or an attempt', async () => {
    const { at, message, accept } = await withAgents('agent-1 pending');
    const command = accept('agent-1');
    let throttled = 0;
    at.answer = ({ kind }) =>
      kind === 'add' && throttled++ === 0 ? { status: 429, headers: { 'retry-after': '1' } } : undefined;
    await bench.give(
      { ...command, id: command.data.commandId },
      { contract: EVENTS.sendMessage, data: message, id: message.messageId },
    );
    expect(await bench.commandOutcome(command)).toMatchObject({
      type: 'participant.accepted',
      possiblyRepeated: false,
    });
    await bench.outcome(message);
    expect(at.arrivals.map(({ kind }) => kind)).toEqual(['list', 'add', 'add', 'message']);
  }, 60_000);
});
