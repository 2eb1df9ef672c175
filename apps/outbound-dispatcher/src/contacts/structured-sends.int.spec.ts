import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MessageContent } from '@heliograph/contracts';
import { waitFor } from '@heliograph/testing';
import { DispatcherBench, menuCommand, next, whatsappCommand } from '../../test/dispatcher-bench.ts';
import type { Arrival } from '../../test/provider-stub.ts';

let bench: DispatcherBench;
beforeAll(async () => (bench = await DispatcherBench.open({ requestTimeoutMs: 60_000 })), 60_000);
afterAll(() => bench.close());

const kinds = (arrivals: readonly Arrival[]): string[] => arrivals.map(({ kind }) => kind);
const text = (words: string): { content: MessageContent } => ({ content: { type: 'text', text: words } });
const closed = { message: 'This conversation was closed by the agent', code: 'conversation.closed', status: 400 };

describe('a structured message (guide 004)', () => {
  it('without a conversation opens one, finds and validates its contact, and is sent to the contact', async () => {
    const { account, at } = bench.nextAccount();
    const command = menuCommand(account);
    await bench.publish(command);
    const sent = await bench.outcome(command);
    expect(sent).toMatchObject({ type: 'message.sent', content: command.content, possiblyRepeated: false });
    expect(kinds(at.arrivals)).toEqual(['open', 'find', 'look', 'message']);
    const conversation = sent.providerConversationId as string;
    expect(at.messages).toMatchObject([{ contactId: at.contacts.idOf(conversation), conversationId: conversation }]);
    const { title, choices } = command.content;
    expect(at.messages[0]!.body).toEqual({ type: 'message', content: { type: 'quick-reply', title, choices } });
    expect(at.violations).toEqual([]);
  }, 60_000);

  it('keeps its place among texts, which go into the conversation; its contact is remembered and validated each time', async () => {
    const { account, at } = bench.nextAccount();
    const first = menuCommand(account, text('before'));
    const { content } = menuCommand(account);
    const rest = [next(first, { content }), next(first, text('between')), next(first, { content })];
    await bench.publish(first, ...rest);
    await Promise.all([first, ...rest].map((command) => bench.outcome(command)));
    expect(at.texts).toEqual(['before', 'How can we help?', 'between', 'How can we help?']);
    const paths = ['open', 'message', 'find', 'look', 'message', 'message', 'look', 'message'];
    expect(kinds(at.arrivals)).toEqual(paths);
    expect(at.messages.map(({ contactId }) => contactId !== undefined)).toEqual([false, true, false, true]);
  }, 60_000);

  it('repeated is sent once, without another look', async () => {
    const { account, at } = bench.nextAccount();
    const command = menuCommand(account);
    await bench.publish(command);
    await bench.outcome(command);
    await bench.publish(command);
    await waitFor(() => bench.factsOf(command).length === 2, { description: 'the outcome is published again' });
    expect(kinds(at.arrivals)).toEqual(['open', 'find', 'look', 'message']);
  }, 60_000);

  it('whose contact has got another id meanwhile looks it up once more and is sent', async () => {
    const { account, at } = bench.nextAccount();
    const first = menuCommand(account);
    await bench.publish(first);
    const { providerConversationId } = await bench.outcome(first);
    at.contacts.renew(providerConversationId as string);
    const second = next(first, { content: first.content });
    await bench.publish(second);
    expect(await bench.outcome(second)).toMatchObject({ type: 'message.sent', providerConversationId });
    expect(kinds(at.arrivals).slice(4)).toEqual(['look', 'find', 'look', 'message']);
  }, 60_000);

  it('to a contact that is unknown when it is sent looks it up once more, then fails with the text of the provider', async () => {
    const { account, at } = bench.nextAccount();
    const missing = { status: 404, body: { message: 'Contact or Conversation not found', code: 'not.found' } };
    at.answer = ({ kind }) => (kind === 'message' ? missing : undefined);
    const command = menuCommand(account);
    await bench.publish(command);
    const failed = await bench.outcome(command);
    expect(failed).toMatchObject({ type: 'message.failed', code: 'not-found' });
    expect(failed.reason).toContain('Contact or Conversation not found');
    expect(kinds(at.arrivals)).toEqual(['open', 'find', 'look', 'message', 'find', 'look', 'message']);
  }, 60_000);

  it('whose conversation is found closed before the send goes into the next one, opened for it', async () => {
    const { account, at } = bench.nextAccount();
    const first = menuCommand(account);
    await bench.publish(first);
    const { providerConversationId: old } = await bench.outcome(first);
    at.conversations.set(old as string, 'closed');
    const second = next(first, { content: first.content });
    await bench.publish(second);
    const sent = await bench.outcome(second);
    expect(sent.type).toBe('message.sent');
    expect(sent.providerConversationId).not.toBe(old);
    expect(kinds(at.arrivals).slice(4)).toEqual(['look', 'open', 'find', 'look', 'message']);
  }, 60_000);

  it('that the provider refuses because the conversation was closed since it was validated fails with its text', async () => {
    const { account, at } = bench.nextAccount();
    at.answer = ({ kind }) => (kind === 'message' ? { status: 400, body: closed } : undefined);
    const command = menuCommand(account);
    await bench.publish(command);
    const failed = await bench.outcome(command);
    expect(failed).toMatchObject({ type: 'message.failed', code: 'conversation-closed' });
    expect(failed.reason).toContain('This conversation was closed by the agent');
    at.answer = () => undefined;
    const later = next(command, { content: command.content });
    await bench.publish(later);
    expect((await bench.outcome(later)).type).toBe('message.sent');
    expect(at.opened).toHaveLength(2);
  }, 60_000);

  it('is not sent when the contact is in another conversation, or its id is the one of the conversation', async () => {
    const answers: [string, (conversation: string) => object, string][] = [
      ['another', () => ({ id: 'contact-1', conversationId: 'conv-other', status: 'active' }), 'contact-mismatch'],
      ['the id', (conversation) => ({ id: conversation, conversationId: conversation }), 'invalid-request'],
    ];
    for (const [_name, contact, code] of answers) {
      const { account, at } = bench.nextAccount();
      at.answer = ({ kind, conversationId = '' }) => {
        const body = contact(conversationId);
        if (kind === 'look') return { status: 200, body };
        const entity = code === 'invalid-request' ? body : { id: 'contact-1', conversationId };
        return kind === 'find' ? { status: 200, body: { entities: [entity] } } : undefined;
      };
      const command = menuCommand(account);
      await bench.publish(command);
      expect(await bench.outcome(command)).toMatchObject({ type: 'message.failed', code });
      expect(at.messages).toEqual([]);
    }
  }, 60_000);

  it.each([
    ['a send', 'message', /Insufficient permissions.* messages:send$/],
    ['a look', 'look', /Insufficient permissions.* conversations:read$/],
  ])(
    'that fails by a 403 to %s names the scope, with the text of the provider',
    async (_name, of, reason) => {
      const { account, at } = bench.nextAccount();
      const body = { message: 'Insufficient permissions', code: 'missing.scope' };
      at.answer = ({ kind }) => (kind === of ? { status: 403, body } : undefined);
      const command = menuCommand(account);
      await bench.publish(command);
      const failed = await bench.outcome(command);
      expect(failed).toMatchObject({
        type: 'message.failed',
        code: 'forbidden',
        reason: expect.stringMatching(reason),
      });
    },
    60_000,
  );

  it.each(['find', 'look', 'message'])(
    'waits out a 429 to its %s, and a token that ran out, and is sent once',
    async (of) => {
      const { account, at } = bench.nextAccount();
      const answers = [
        { status: 429, headers: { 'Retry-After': '1' } },
        { status: 401, body: {} },
      ];
      at.answer = ({ kind }) => (kind === of ? answers.shift() : undefined);
      const command = menuCommand(account);
      await bench.publish(command);
      expect(await bench.outcome(command)).toMatchObject({ type: 'message.sent', possiblyRepeated: false });
      expect(at.tokenRequests).toBe(2);
      expect(at.arrivals.filter(({ kind }) => kind === of)).toHaveLength(3);
    },
    60_000,
  );

  it('that may not be sent at all asks the provider for nothing', async () => {
    const { account, at } = bench.nextAccount();
    const expired = menuCommand(account, { expiresAt: new Date(Date.now() - 1_000).toISOString() });
    await bench.publish(expired);
    expect(await bench.outcome(expired)).toMatchObject({ type: 'message.failed', code: 'expired' });
    expect(at.arrivals).toEqual([]);
  }, 60_000);
});

describe('the 24-hour window (guide 003, Key WhatsApp Rules)', () => {
  const image: { content: MessageContent } = {
    content: { type: 'image', url: 'https://example.com/1.png', caption: 'look' },
  };

  it('holds for everything but templates on WhatsApp', async () => {
    const { account, at } = bench.nextAccount();
    const [late, timely] = [whatsappCommand(account, image), whatsappCommand(account, image)];
    await bench.customerWrote(late, { hoursAgo: 25 });
    await bench.customerWrote(timely, { hoursAgo: 1 });
    await bench.publish(late, timely);
    expect(await bench.outcome(late)).toMatchObject({ type: 'message.failed', code: 'window-closed' });
    expect((await bench.outcome(timely)).type).toBe('message.sent');
    expect(at.texts).toEqual(['look']);
  }, 60_000);

  it('does not exist on other channels', async () => {
    const { account, at } = bench.nextAccount();
    const command = menuCommand(account, image);
    await bench.customerWrote(command, { hoursAgo: 25 });
    await bench.publish(command);
    expect((await bench.outcome(command)).type).toBe('message.sent');
    expect(at.texts).toEqual(['look']);
  }, 60_000);
});
