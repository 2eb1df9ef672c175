import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS, type HandOff } from '@heliograph/contracts';
import { entriesKey } from '@heliograph/conversations';
import { waitFor } from '@heliograph/testing';
import { commandOf, DispatcherBench, next, smsCommand, whatsappCommand } from '../../test/dispatcher-bench.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open({ requestTimeoutMs: 5_000 })), 60_000);
afterAll(() => bench.close());

type Wish = Partial<HandOff> & Pick<HandOff, 'to'>;
const handOff = (of: Parameters<typeof next>[0], wish: Wish) =>
  commandOf(EVENTS.handOff, of, { accepted: true, ...wish });

/** A conversation that the customer began, with its provider conversation. */
async function begun(provider = 'conv-1', session: object = {}) {
  const { account, at } = bench.nextAccount();
  const message = whatsappCommand(account);
  at.conversations.set(provider, 'open');
  await bench.customerWrote(message, { providerConversationId: provider, ...session });
  return { account, at, message };
}

describe('a hand-off to an agent (guide 000, section 5)', () => {
  it('adds the agent as accepted, after a look at who is there, and tells to whom it was given', async () => {
    const { at, message } = await begun();
    const command = handOff(message, { to: 'agent', agentId: 'agent-1', note: 'speaks French' });
    await bench.command(command);
    const { commandId, conversationId, contact } = command.data;
    expect(await bench.commandOutcome(command)).toMatchObject({
      ...{ type: 'conversation.handed-off', commandId, conversationId, contact },
      ...{ assigneeKind: 'agent', assigneeId: 'agent-1', accepted: true, note: 'speaks French' },
      ...{ possiblyRepeated: false, attempt: expect.any(String), providerConversationId: 'conv-1' },
    });
    expect(at.arrivals.map(({ kind }) => kind)).toEqual(['list', 'add']);
    expect(at.agentRequests).toEqual(['add agent-1 accepted']);
    expect(at.lookUps).toEqual(['/api/v2/users/agent-1']);
    expect(at.violations).toEqual([]);
  }, 60_000);

  it('leaves the agent pending where that is asked for, until a participant.accept comes', async () => {
    const { at, message } = await begun();
    const command = handOff(message, { to: 'agent', agentId: 'agent-1', accepted: false });
    const accept = commandOf(EVENTS.acceptParticipant, message, { agentId: 'agent-1' });
    await bench.command(command, accept);
    expect(await bench.commandOutcome(command)).toMatchObject({ type: 'conversation.handed-off', accepted: false });
    expect(await bench.commandOutcome(accept)).toMatchObject({ type: 'participant.accepted', agentId: 'agent-1' });
    expect(at.agentRequests).toEqual(['add agent-1 pending', 'add agent-1 accepted']);
  }, 60_000);

  it('of an agent whom the provider leaves pending although it took the request says so', async () => {
    const { at, message } = await begun();
    at.answer = ({ kind }) =>
      kind === 'add' ? { status: 201, body: { id: 'agent-1', status: 'pending' } } : undefined;
    const command = handOff(message, { to: 'agent', agentId: 'agent-1' });
    await bench.command(command);
    expect(await bench.commandOutcome(command)).toMatchObject({ type: 'conversation.handed-off', accepted: false });
  }, 60_000);

  it('of an agent who is there already in that state is a success without a request', async () => {
    const { at, message } = await begun();
    at.agents.set('conv-1', [{ id: 'agent-1', role: 'agent', status: 'accepted' }]);
    const command = handOff(message, { to: 'agent', agentId: 'agent-1', accepted: false });
    await bench.command(command);
    expect(await bench.commandOutcome(command)).toMatchObject({ type: 'conversation.handed-off', accepted: true });
    expect(at.agentRequests).toEqual([]);
  }, 60_000);

  it('opens a provider conversation where there is none, or where it is closed by now', async () => {
    const { account, at } = bench.nextAccount();
    const message = smsCommand(account);
    const first = handOff(message, { to: 'agent', agentId: 'agent-1' });
    await bench.command(first);
    const { providerConversationId: old } = await bench.commandOutcome(first);
    expect([at.opened.length, at.agentsOf(old as string)]).toEqual([1, ['agent-1 accepted']]);
    at.conversations.set(old as string, 'closed');
    const second = handOff(message, { to: 'agent', agentId: 'agent-2' });
    await bench.command(second);
    const { providerConversationId } = await bench.commandOutcome(second);
    expect(providerConversationId).not.toBe(old);
    expect(at.agentsOf(providerConversationId as string)).toEqual(['agent-2 accepted']);
  }, 60_000);

  it('keeps its place in the order of the messages around it', async () => {
    const { at, message } = await begun();
    const command = handOff(message, { to: 'agent', agentId: 'agent-1' });
    const close = commandOf(EVENTS.closeConversation, message, { code: 'resolved' });
    const contents = ['one', 'two', 'three'].map((text) => next(message, { content: { type: 'text', text } }));
    const given = contents.map((data) => ({ contract: EVENTS.sendMessage, data, id: data.messageId }));
    const id = ({ data }: { data: { commandId: string } }) => data.commandId;
    await bench.give(given[0]!, { ...command, id: id(command) }, given[1]!, { ...close, id: id(close) }, given[2]!);
    await bench.outcome(contents[2]!);
    const order = at.arrivals.map(({ kind, text }) => text ?? kind).filter((kind) => kind !== 'list');
    expect(order).toEqual(['one', 'add', 'two', 'wrap-up', 'open', 'three']);
    const told = bench.outbound.filter(({ data }) => data.conversationId === message.conversationId);
    expect(told.map(({ type }) => type)).toEqual([
      'message.sent',
      'conversation.handed-off',
      'message.sent',
      'conversation.closed',
      'provider-conversation.opened',
      'message.sent',
    ]);
  }, 60_000);
});

describe('a hand-off to a queue (guide 000, section 4)', () => {
  it('opens the next conversation with that routing data; the one before is wrapped up and never used again', async () => {
    const { at, message } = await begun('conv-q');
    at.agents.set('conv-q', [{ id: 'agent-1', role: 'agent', status: 'accepted' }]);
    const skills = [{ id: 'skill-1', level: 3 }];
    const command = handOff(message, { to: 'queue', queueId: 'queue-2', priority: 7, skills });
    await bench.command(command);
    const fact = await bench.commandOutcome(command);
    expect(fact).toMatchObject({ type: 'conversation.handed-off', assigneeKind: 'queue', assigneeId: 'queue-2' });
    expect(fact.providerConversationId).not.toBe('conv-q');
    expect(at.opened[0]!.body.routing_data).toEqual({
      ...{ queue_id: 'queue-2', priority: 7, routing_type: 'queue', skills },
      attributes: { compliance_opt_in: true },
    });
    expect(at.agentRequests).toEqual(['wrap-up agent-1 transferred']);
    expect(at.conversations.get('conv-q')).toBe('closed');
    const later = next(message);
    await bench.publish(later);
    expect((await bench.outcome(later)).providerConversationId).toBe(fact.providerConversationId);
    expect(at.opened).toHaveLength(1);
  }, 60_000);

  it('takes the queue of the sender where none is named', async () => {
    const { account } = bench.nextAccount();
    const command = handOff(smsCommand(account), { to: 'queue' });
    await bench.command(command);
    expect(await bench.commandOutcome(command)).toMatchObject({ assigneeKind: 'queue', assigneeId: 'queue-1' });
  }, 60_000);
});

describe('a hand-off to the last agent (guide 003, key behaviors)', () => {
  it('goes to who handled the conversation last', async () => {
    const { at, message } = await begun('conv-1', { lastAgentId: 'agent-9' });
    const command = handOff(message, { to: 'last-agent' });
    await bench.command(command);
    expect(await bench.commandOutcome(command)).toMatchObject({ assigneeKind: 'agent', assigneeId: 'agent-9' });
    expect(at.agentsOf('conv-1')).toEqual(['agent-9 accepted']);
  }, 60_000);

  it.each([
    ['nobody did', {}],
    ['the provider does not have that person any more', { lastAgentId: 'agent-gone' }],
  ])(
    'goes to the queue where %s',
    async (_case, session) => {
      const { at, message } = await begun('conv-1', session);
      at.lookUpAnswer = (path) => (path.includes('users') ? { status: 404, body: { message: 'no user' } } : undefined);
      const command = handOff(message, { to: 'last-agent' });
      await bench.command(command);
      expect(await bench.commandOutcome(command)).toMatchObject({ assigneeKind: 'queue', assigneeId: 'queue-1' });
      expect(at.agentRequests).toEqual([]);
    },
    60_000,
  );
});

describe('what a hand-off carries (guide 003, agent behavior)', () => {
  const entry = (sequence: number, kind: string, text: string, at: string) =>
    JSON.stringify([{ sequence, session: 1, kind, factId: 'f', at, fact: { content: { type: 'text', text } } }]);

  it('the transcript of the session until then, and whether the customer is known to be who they say', async () => {
    const { message } = await begun('conv-1', { session: 1, customerAuthenticated: true });
    const key = entriesKey(bench.partitionOf(message), message.conversationId, 1);
    const [before, later] = ['2026-01-01T00:00:00.000Z', '2099-01-01T00:00:00.000Z'];
    const entries = [
      entry(2, 'message.received', 'Where is it?', before),
      entry(3, 'message.sent', 'Let me see.', before),
      entry(4, 'message.received', 'afterwards', later),
    ];
    await bench.redis.client.rpush(key, ...entries);
    const command = handOff(message, { to: 'agent', agentId: 'agent-1' });
    const doubted = handOff(message, { to: 'agent', agentId: 'agent-1', customerAuthenticated: false });
    await bench.command(command, doubted);
    expect(await bench.commandOutcome(command)).toMatchObject({
      customerAuthenticated: true,
      omitted: 0,
      transcript: [
        { sequence: 2, at: before, by: 'customer', type: 'text', text: 'Where is it?' },
        { sequence: 3, at: before, by: 'business', type: 'text', text: 'Let me see.' },
      ],
    });
    expect((await bench.commandOutcome(doubted)).customerAuthenticated).toBe(false);
    await bench.command(command);
    const told = await waitFor(() => bench.factsOfCommand(command).length === 2 && bench.factsOfCommand(command), {
      description: 'the outcome is published again',
    });
    expect([told[1]!.id, told[1]!.data]).toEqual([told[0]!.id, told[0]!.data]);
  }, 60_000);
});
