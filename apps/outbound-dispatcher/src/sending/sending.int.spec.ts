import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENTS } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, next, smsCommand, whatsappCommand } from '../../test/dispatcher-bench.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open({ requestTimeoutMs: 60_000 })), 60_000);
afterAll(() => bench.close());

describe('commands', () => {
  it('of one conversation are sent in order, into one provider conversation that is opened once', async () => {
    const { account, at } = bench.nextAccount();
    const first = smsCommand(account, { content: { type: 'text', text: '0' } });
    const rest = Array.from({ length: 19 }, (_, n) => next(first, { content: { type: 'text', text: String(n + 1) } }));
    await bench.publish(first, ...rest);
    await Promise.all([first, ...rest].map((command) => bench.outcome(command)));
    expect(at.texts).toEqual(Array.from({ length: 20 }, (_, n) => String(n)));
    expect(at.opened).toHaveLength(1);
    expect(new Set(at.messages.map(({ conversationId }) => conversationId)).size).toBe(1);
    expect(at.violations).toEqual([]);
    const order = bench.outbound.filter(({ type, data }) => type === 'message.sent' && data.account === account);
    expect(order.map(({ subject }) => subject)).toEqual([first, ...rest].map(({ messageId }) => messageId));
  }, 60_000);

  it('tell in their fact what was sent, as what, and that it was sent once', async () => {
    const { account, at } = bench.nextAccount();
    const command = smsCommand(account);
    await bench.publish(command);
    const sent = await bench.outcome(command);
    const { conversationId, contact, content, messageId, tenant } = command;
    expect(sent).toMatchObject({ type: 'message.sent', messageId, conversationId, contact, content, tenant });
    expect(sent).toMatchObject({ possiblyRepeated: false, attempt: expect.any(String) });
    expect(sent.providerConversationId).toBe([...at.conversations.keys()][0]);
    const opened = bench.outbound.find(({ type, data }) => type.endsWith('.opened') && data.account === account)!;
    expect(opened.data).toMatchObject({ conversationId, providerConversationId: sent.providerConversationId });
    expect(bench.outbound.indexOf(opened)).toBeLessThan(bench.outbound.indexOf(bench.factsOf(command)[0]!));
  }, 60_000);

  it('of many conversations are sent side by side: one that waits delays no other', async () => {
    const { account, at } = bench.nextAccount();
    const slow = smsCommand(account, { content: { type: 'text', text: 'slow' } });
    at.answer = ({ text }) => (text === 'slow' ? { status: 429, headers: {} } : undefined);
    const others = Array.from({ length: 3 }, () => smsCommand(bench.nextAccount().account));
    await bench.publish(slow, ...others);
    await Promise.all(others.map((command) => bench.outcome(command)));
    expect(bench.factsOf(slow)).toEqual([]);
    at.answer = () => undefined;
    expect((await bench.outcome(slow)).type).toBe('message.sent');
  }, 60_000);

  it('go into the conversation of the session, where there is one', async () => {
    const { account, at } = bench.nextAccount();
    const command = whatsappCommand(account);
    at.conversations.set('from-customer', 'open');
    await bench.customerWrote(command, { providerConversationId: 'from-customer' });
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({
      type: 'message.sent',
      providerConversationId: 'from-customer',
    });
    expect(at.opened).toEqual([]);
  }, 60_000);
});

describe('more commands than the provider has connections for', () => {
  it('begin no attempt that has no connection: they wait, and are sent once each', async () => {
    const { account, at } = bench.nextAccount();
    const answers = Promise.withResolvers<void>();
    at.held = answers.promise;
    const commands = Array.from({ length: 300 }, () => smsCommand(account));
    await bench.publish(...commands);
    await waitFor(() => at.opened.length >= 128, { timeoutMs: 30_000, description: 'all connections are in use' });
    for (let looks = 0; looks < 5; looks++) {
      expect(await bench.attemptsInFlight(commands)).toBeLessThanOrEqual(128);
    }
    expect(at.opened).toHaveLength(128);
    answers.resolve();
    const facts = await Promise.all(commands.map((command) => bench.outcome(command, 50_000)));
    for (const fact of facts) expect(fact).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    expect([at.opened.length, at.messages.length]).toEqual([300, 300]);
  }, 90_000);
});

describe('a repeated command', () => {
  it('is sent once, and its outcome is published again under the same id, word for word', async () => {
    const { account, at } = bench.nextAccount();
    const command = smsCommand(account);
    await bench.publish(command);
    await bench.outcome(command);
    await bench.publish(command);
    const [first, second] = await waitFor(() => bench.factsOf(command).length === 2 && bench.factsOf(command), {
      description: 'the outcome is published again',
    });
    expect([second!.id, second!.time, second!.data]).toEqual([first!.id, first!.time, first!.data]);
    expect(at.messages).toHaveLength(1);
  }, 60_000);

  it('opens no conversation, though the one it went into is closed by now', async () => {
    const { account, at } = bench.nextAccount();
    const command = whatsappCommand(account, { content: { type: 'text', text: 'hello' } });
    await bench.customerWrote(command);
    await bench.publish(command);
    const { providerConversationId } = await bench.outcome(command);
    await bench.customerWrote(command, {
      state: 'closed',
      closedProviderConversationId: providerConversationId,
    } as object);
    await bench.publish(command);
    await waitFor(() => bench.factsOf(command).length === 2, { description: 'the outcome is published again' });
    expect([at.opened.length, at.messages.length, at.tokenRequests]).toEqual([1, 1, 1]);
  }, 60_000);
});

describe('a conversation that is closed at the provider', () => {
  it('is followed by the next one, and the message is sent once', async () => {
    const { account, at } = bench.nextAccount();
    const first = smsCommand(account);
    await bench.publish(first);
    const { providerConversationId: old } = await bench.outcome(first);
    at.conversations.set(old as string, 'closed');
    const second = next(first);
    const third = next(first);
    await bench.publish(second, third);
    const sent = await bench.outcome(second);
    expect(sent).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
    expect(sent.providerConversationId).not.toBe(old);
    expect((await bench.outcome(third)).providerConversationId).toBe(sent.providerConversationId);
    // One was turned away by the closed conversation, and nothing was sent into it afterwards.
    expect(at.messages).toHaveLength(4);
    expect(at.opened).toHaveLength(2);
  }, 60_000);

  it('fails a message for which the provider closes every conversation at once', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = ({ kind }) =>
      kind === 'message' ? { status: 400, body: { message: 'closed', code: 'conversation.closed' } } : undefined;
    const command = smsCommand(account);
    await bench.publish(command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed', code: 'conversation-closed' });
    expect(at.opened).toHaveLength(3);
  }, 60_000);
});

describe('a command that cannot be carried out', () => {
  it('fails for an unknown account or sender, and the lane goes on', async () => {
    const { account } = bench.nextAccount();
    const command = smsCommand(account);
    const elsewhere = next(command, { account: 'nobody' });
    const foreign = next(command, { tenant: 'other' });
    const nameless = next(command, { sender: 'nobody' });
    await bench.publish(elsewhere, foreign, nameless, command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent' });
    const codes = [elsewhere, foreign, nameless].map((failed) => bench.factsOf(failed)[0]?.data.code);
    expect(codes).toEqual(['unknown-account', 'unknown-account', 'unknown-sender']);
    expect(bench.factsOf(elsewhere)[0]!.data).not.toHaveProperty('attempt');
  }, 60_000);

  it('fails with the code and the words of the provider that refused it, and the lane goes on', async () => {
    const { account, at } = bench.nextAccount();
    const command = smsCommand(account);
    at.answer = ({ text }) =>
      text === 'bad' ? { status: 400, body: { message: 'template mismatch', code: '131050' } } : undefined;
    const bad = next(command, { content: { type: 'text', text: 'bad' } });
    await bench.publish(bad, command);
    expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent' });
    expect(bench.factsOf(bad)[0]).toMatchObject({
      type: EVENTS.messageFailed.type,
      data: { code: 'sender-or-template-mismatch', reason: 'status 400, 131050: template mismatch' },
    });
  }, 60_000);
});
