import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { commandOf, DispatcherBench, whatsappCommand, type GivenCommand } from '../../test/dispatcher-bench.ts';
import type { Arrival, ProviderAccount } from '../../test/provider-stub.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open({ requestTimeoutMs: 500 })), 60_000);
afterAll(() => bench.close());

/** A conversation with an agent in this state. */
async function withAgent(status: string) {
  const { account, at } = bench.nextAccount();
  const message = whatsappCommand(account);
  at.conversations.set('conv-1', 'open');
  at.agents.set('conv-1', status === '' ? [] : [{ id: 'agent-1', role: 'agent', status }]);
  await bench.customerWrote(message, { providerConversationId: 'conv-1' });
  return { at, message };
}

/** The first request of this kind is never answered; `then` says whether it was done. */
function loseFirst(at: ProviderAccount, kind: Arrival['kind'], then: 'done' | 'lost'): void {
  let lost = 0;
  at.answer = (arrival) => {
    if (arrival.kind !== kind || lost++ > 0) return undefined;
    if (then === 'done') return 'hang';
    at.agents.set('conv-1', structuredClone(at.agents.get('conv-1') ?? []));
    const before = structuredClone(at.agents.get('conv-1')!);
    queueMicrotask(() => at.agents.set('conv-1', before));
    return 'hang';
  };
}

/** Gives the command, ends the dispatcher while the answer is out, and starts the next one. */
async function crashed(command: GivenCommand, at: ProviderAccount, kind: Arrival['kind']) {
  await bench.command(command);
  await waitFor(() => at.arrivals.some((arrival) => arrival.kind === kind), { description: 'the request arrived' });
  await bench.abandon();
  await bench.start();
  return bench.commandOutcome(command);
}

const agentId = 'agent-1';
type Parties = ReturnType<typeof whatsappCommand>;
const handOff = (of: Parties) => commandOf(EVENTS.handOff, of, { to: 'agent' as const, agentId, accepted: true });
const accept = (of: Parties) => commandOf(EVENTS.acceptParticipant, of, { agentId });
const wrapUp = (of: Parties) => commandOf(EVENTS.wrapUpParticipant, of, { agentId, code: 'resolved' });
const close = (of: Parties) => commandOf(EVENTS.closeConversation, of, { code: 'resolved' });
const toQueue = (of: Parties) => commandOf(EVENTS.handOff, of, { to: 'queue' as const, accepted: false });

const CASES: [string, (of: Parties) => GivenCommand, string, Arrival['kind'], string][] = [
  ['conversation.hand-off', handOff, '', 'add', 'conversation.handed-off'],
  ['participant.accept', accept, 'pending', 'add', 'participant.accepted'],
  ['participant.wrap-up', wrapUp, 'accepted', 'wrap-up', 'participant.wrapped-up'],
  ['conversation.close', close, 'accepted', 'wrap-up', 'conversation.closed'],
];

describe('a dispatcher that ended between request and answer', () => {
  it.each(CASES)(
    '%s: the next one looks, finds it done, and neither repeats nor marks it',
    async (_type, make, status, kind, outcome) => {
      const { at, message } = await withAgent(status);
      loseFirst(at, kind, 'done');
      const fact = await crashed(make(message), at, kind);
      expect(fact).toMatchObject({ type: outcome, possiblyRepeated: false, providerConversationId: 'conv-1' });
      expect(at.arrivals.filter((arrival) => arrival.kind === kind)).toHaveLength(1);
      if (outcome === 'conversation.closed') expect(fact.wrappedUp).toEqual([agentId]);
    },
    60_000,
  );

  it('conversation.hand-off to a queue: the conversation that may have been opened is marked', async () => {
    const { at, message } = await withAgent('accepted');
    loseFirst(at, 'open', 'done');
    const fact = await crashed(toQueue(message), at, 'open');
    expect(fact).toMatchObject({ type: 'conversation.handed-off', assigneeKind: 'queue', possiblyRepeated: true });
    expect([at.opened.length, at.agentRequests]).toEqual([2, ['wrap-up agent-1 transferred']]);
  }, 60_000);
});

describe('a time-out of a request about an agent', () => {
  it('that never was done is followed by another one, unmarked', async () => {
    const { at, message } = await withAgent('pending');
    loseFirst(at, 'add', 'lost');
    const command = accept(message);
    await bench.command(command);
    expect(await bench.commandOutcome(command)).toMatchObject({
      type: 'participant.accepted',
      possiblyRepeated: false,
    });
    expect(at.agentRequests).toHaveLength(2);
    expect(at.agentsOf('conv-1')).toEqual(['agent-1 accepted']);
  }, 60_000);

  it('at a provider that cannot tell is followed by one repetition that says so', async () => {
    const { at, message } = await withAgent('pending');
    let lists = 0;
    let adds = 0;
    at.answer = ({ kind }) => {
      if (kind === 'add' && adds++ === 0) return 'hang';
      return kind === 'list' && lists++ > 0 ? { status: 403, body: { message: 'no' } } : undefined;
    };
    const command = accept(message);
    await bench.command(command);
    expect(await bench.commandOutcome(command)).toMatchObject({ type: 'participant.accepted', possiblyRepeated: true });
    expect(at.agentRequests).toHaveLength(2);
  }, 60_000);

  it('that times out again leaves the command unresolved, and the lane goes on', async () => {
    const { at, message } = await withAgent('pending');
    let lists = 0;
    at.answer = ({ kind }) => {
      if (kind === 'add') return 'hang';
      return kind === 'list' && lists++ > 0 ? { status: 403, body: { message: 'no' } } : undefined;
    };
    const command = accept(message);
    await bench.command(command);
    await bench.publish(message);
    expect(await bench.commandOutcome(command)).toMatchObject({
      ...{ type: 'command.failed', code: 'unresolved', possiblyRepeated: true },
      reason: 'whether the provider did it is not known',
    });
    expect((await bench.outcome(message)).type).toBe('message.sent');
    expect(at.agentRequests).toHaveLength(2);
  }, 60_000);
});

describe('a dispatcher that ended in the middle of closing', () => {
  it('is followed by one that wraps up who is left, and tells of all who were', async () => {
    const { at, message } = await withAgent('accepted');
    at.agents.get('conv-1')!.push({ id: 'agent-2', role: 'agent', status: 'accepted' });
    let hangs = 1;
    at.answer = ({ kind, participantId }) =>
      kind === 'wrap-up' && participantId === 'agent-2' && hangs-- > 0 ? 'hang' : undefined;
    const command = close(message);
    await bench.command(command);
    await waitFor(() => at.agentRequests.length === 2, { description: 'the second wrap-up arrived' });
    await bench.abandon();
    await bench.start();
    expect(await bench.commandOutcome(command)).toMatchObject({
      ...{ type: 'conversation.closed', wrappedUp: ['agent-1', 'agent-2'], possiblyRepeated: false },
    });
    expect(at.agentRequests).toEqual(['wrap-up agent-1 resolved', 'wrap-up agent-2 resolved']);
  }, 60_000);
});
