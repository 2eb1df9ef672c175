import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { commandOf, DispatcherBench, menuCommand, smsCommand, whatsappCommand } from '../../test/dispatcher-bench.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open()), 60_000);
afterAll(() => bench.close());

const QUEUE = '/api/v2/routing/queues/queue-1';
const refuse = (status: number) => ({ status, body: { message: 'not here', code: 'gone' } });

describe('the queue and the skills of an opening (guide 000, edge case 3)', () => {
  it('are looked up once, for all messages that need them', async () => {
    const { account, at } = bench.nextAccount();
    const routing = { skills: [{ id: 'skill-1', level: 2 }] };
    const commands = Array.from({ length: 20 }, () => smsCommand(account, { routing }));
    await bench.publish(...commands);
    await Promise.all(commands.map((command) => bench.outcome(command)));
    expect(at.opened).toHaveLength(20);
    expect(at.lookUps.toSorted()).toEqual([QUEUE, '/api/v2/routing/skills/skill-1']);
  }, 60_000);

  it('go along as the message asks for: priority, skills with level, attributes; the opt-in stays what it is', async () => {
    const { account, at } = bench.nextAccount();
    const attributes = { source: 'crm', vip: true, tries: 2, compliance_opt_in: false };
    const routing = { queueId: 'queue-7', priority: 5, skills: [{ id: 's', level: 3 }], attributes };
    const command = smsCommand(account, { routing });
    await bench.publish(command);
    expect((await bench.outcome(command)).type).toBe('message.sent');
    const { routing_data, metadata } = at.opened[0]!.body;
    expect(routing_data).toEqual({
      ...{ queue_id: 'queue-7', priority: 5, routing_type: 'queue', skills: [{ id: 's', level: 3 }] },
      attributes: { ...attributes, compliance_opt_in: true },
    });
    expect(metadata).toEqual({ external_ref: command.conversationId });
    expect(at.violations).toEqual([]);
  }, 60_000);

  it('apply to a custom channel as to any other (guide 003, open messaging)', async () => {
    const { account, at } = bench.nextAccount();
    const routing = { queueId: 'queue-7', priority: 5, skills: [{ id: 's', level: 3 }], attributes: { vip: true } };
    const command = menuCommand(account, { routing });
    expect(command.channel).toBe('open');
    await bench.publish(command);
    expect((await bench.outcome(command)).type).toBe('message.sent');
    expect(at.opened[0]!.body.routing_data).toEqual({
      ...{ queue_id: 'queue-7', priority: 5, routing_type: 'queue', skills: [{ id: 's', level: 3 }] },
      attributes: { vip: true, compliance_opt_in: true },
    });
    expect(at.lookUps.toSorted()).toEqual(['/api/v2/routing/queues/queue-7', '/api/v2/routing/skills/s']);
  }, 60_000);

  it('that the provider does not have, or has switched off, fail the message with that reason and nothing is opened', async () => {
    const { account, at } = bench.nextAccount();
    at.lookUpAnswer = (path) =>
      path.includes('skills') ? { status: 200, body: { id: 's', state: 'inactive' } } : undefined;
    const off = smsCommand(account, { routing: { skills: [{ id: 's', level: 1 }] } });
    await bench.publish(off);
    expect(await bench.outcome(off)).toMatchObject({ type: 'message.failed', code: 'inactive' });
    at.lookUpAnswer = () => refuse(404);
    const gone = smsCommand(account, { routing: { queueId: 'queue-9' } });
    await bench.publish(gone);
    expect(await bench.outcome(gone)).toMatchObject({
      ...{ type: 'message.failed', code: 'not-found' },
      reason: 'the provider has no queue "queue-9": status 404, gone: not here',
    });
    expect(at.opened).toEqual([]);
  }, 60_000);

  it('are looked up again when the provider says that they changed', async () => {
    const { account, at } = bench.nextAccount();
    await bench.publish(smsCommand(account));
    await waitFor(() => at.messages.length === 1, { description: 'the first is sent' });
    at.lookUpAnswer = () => refuse(404);
    await bench.routingChanged({ account, what: 'queue', id: 'queue-1' });
    const isRefused = async () => {
      const command = smsCommand(account);
      await bench.publish(command);
      return (await bench.outcome(command)).code === 'not-found';
    };
    await waitFor(isRefused, { timeoutMs: 20_000, description: 'the dispatcher has heard of it' });
    at.lookUpAnswer = () => undefined;
    await bench.routingChanged({ account, what: 'queue' });
    const again = smsCommand(account);
    await bench.publish(again);
    expect((await bench.outcome(again)).type).toBe('message.sent');
  }, 60_000);

  it.each([
    ['not a text, a number or a truth value', { nested: {} }],
    ['null', { nested: null }],
  ])(
    'with an attribute that is %s fail the message',
    async (_case, attributes) => {
      const { account, at } = bench.nextAccount();
      const command = smsCommand(account, { routing: { attributes } });
      await bench.publish(command);
      expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed', code: 'invalid-request' });
      expect(at.arrivals).toEqual([]);
    },
    60_000,
  );
});

describe('an operation that is answered 403 or 404 (guide 000, edge case 3)', () => {
  it.each([403, 404])(
    '%i once: what it is routed by is looked up anew, and it is tried once more',
    async (status) => {
      const { account, at } = bench.nextAccount();
      let refusals = 1;
      at.answer = ({ kind }) => (kind === 'open' && refusals-- > 0 ? refuse(status) : undefined);
      const command = smsCommand(account);
      await bench.publish(command);
      expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
      expect([at.opened.length, at.lookUps]).toEqual([2, [QUEUE, QUEUE]]);
    },
    60_000,
  );

  it.each([
    [403, 'forbidden'],
    [404, 'not-found'],
  ])(
    '%i again: the message fails with the reason',
    async (status, code) => {
      const { account, at } = bench.nextAccount();
      at.answer = ({ kind }) => (kind === 'open' ? refuse(status) : undefined);
      const command = smsCommand(account);
      await bench.publish(command);
      const reason = `status ${status}, gone: not here`;
      expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed', code, reason });
      expect(at.opened).toHaveLength(2);
    },
    60_000,
  );

  it('about an agent: user and participants are looked up anew; a user who is gone by now is the reason', async () => {
    const { account, at } = bench.nextAccount();
    const message = whatsappCommand(account);
    at.conversations.set('conv-1', 'open');
    await bench.customerWrote(message, { providerConversationId: 'conv-1' });
    at.answer = ({ kind }) => {
      if (kind !== 'add') return undefined;
      at.lookUpAnswer = () => refuse(404);
      return refuse(404);
    };
    const command = commandOf(EVENTS.handOff, message, { to: 'agent' as const, agentId: 'agent-1', accepted: true });
    await bench.command(command);
    expect(await bench.commandOutcome(command)).toMatchObject({
      ...{ type: 'command.failed', command: 'conversation.hand-off', code: 'not-found' },
      reason: 'the provider has no user "agent-1": status 404, gone: not here',
    });
    expect(at.lookUps).toEqual(Array(2).fill('/api/v2/users/agent-1'));
    expect(at.agentRequests).toHaveLength(1);
  }, 60_000);

  it('about an agent, for good: tried once more, then failed with the reason', async () => {
    const { account, at } = bench.nextAccount();
    const message = whatsappCommand(account);
    at.conversations.set('conv-1', 'open');
    at.agents.set('conv-1', [{ id: 'agent-1', role: 'agent', status: 'accepted' }]);
    await bench.customerWrote(message, { providerConversationId: 'conv-1' });
    at.answer = ({ kind }) => (kind === 'wrap-up' ? refuse(403) : undefined);
    const close = commandOf(EVENTS.closeConversation, message, { code: 'resolved' });
    await bench.command(close);
    expect(await bench.commandOutcome(close)).toMatchObject({
      ...{ type: 'command.failed', code: 'forbidden' },
      reason: 'agent "agent-1" could not be wrapped up: status 403, gone: not here',
    });
    expect(at.arrivals.map(({ kind }) => kind)).toEqual(['list', 'wrap-up', 'list', 'wrap-up']);
  }, 60_000);
});
