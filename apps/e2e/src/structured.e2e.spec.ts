import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeEvent, EVENTS, type MessageContent, type SendMessage, type TimelineEntry } from '@heliograph/contracts';
import { parties, sendMessage, System, TimelineReader, waitFor, writeRecords } from '@heliograph/testing';

const STEP = { timeoutMs: 30_000 };
const IMAGE = 'https://media.example.com/parcel.png';

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  const receipts = ['sent', 'delivered', 'read'].map((status) => ({ status, afterMs: 0 }));
  system = await System.start({ name: 'structured', webhook: { receipts }, requestTimeoutMs: 60_000 });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

/** A customer of the open channel who has written, and the conversation that came of it. */
async function visitor() {
  const { simulator } = system;
  const contact = `visitor:${randomUUID()}`;
  const of = parties({ channel: 'open', sender: 'support', contact });
  const write = (message: object) =>
    simulator.customerWrites({ from: contact, to: `open:${simulator.addressOf('open')}`, ...message });
  const { conversationId: provider } = await write({ text: 'Hello', authenticated: true });
  await entry(of.conversationId, 'the customer is known', ({ kind }) => kind === 'message.received');
  return { ...of, provider, write };
}

/** A content as another team asks for it. */
async function ask(of: ReturnType<typeof parties>, content: MessageContent): Promise<SendMessage> {
  const { conversationId, tenant, account, channel, sender, contact } = of;
  const data = sendMessage({ conversationId, tenant, account, channel, sender, contact, content });
  const { messageId: id, acceptedAt: time } = data;
  const { type, topic } = EVENTS.sendMessage;
  const event = { id, type, source: '/other-team', time, partitionKey: conversationId, extensions: {}, data };
  const { key, value, headers } = encodeEvent(event);
  await writeRecords(system.brokers, system.topic(topic), [{ key, value, headers }]);
  return data;
}

const entry = (
  conversation: string,
  description: string,
  wanted: (entry: TimelineEntry) => boolean,
): Promise<TimelineEntry> => waitFor(() => timeline.of(conversation).find(wanted), { ...STEP, description });

const outcomeOf = ({ conversationId, messageId }: SendMessage): Promise<TimelineEntry> =>
  entry(conversationId, 'the message has an outcome', ({ kind, fact }) => {
    return (kind === 'message.sent' || kind === 'message.failed') && fact.messageId === messageId;
  });

const isShownAs = ({ messageId }: SendMessage, status: string): Promise<unknown> =>
  waitFor(async () => (await system.api.message(messageId)).status === status, {
    ...STEP,
    description: `the API shows the message as ${status}`,
  });

const saidBy = (conversation: string, type: string): Promise<TimelineEntry> =>
  entry(conversation, `the customer's ${type} is numbered`, ({ kind, fact }) => {
    return kind === 'message.received' && (fact.content as { type: string }).type === type;
  });

const menu: MessageContent = {
  type: 'quick-reply',
  title: 'How can we help you today?',
  choices: [
    { label: 'Billing', value: 'billing_inquiry' },
    { label: 'Speak to Agent', value: 'transfer_to_agent' },
  ],
};
const card = (title: string): MessageContent => ({
  type: 'card',
  title,
  imageUrl: IMAGE,
  actions: [{ type: 'postback', title: 'Learn More', payload: 'learn_more' }],
});

describe('structured messages (guide 004)', () => {
  it(
    'a menu reaches the contact, and what the customer presses comes back with its payload',
    () =>
      system.watch(async () => {
        const { provider, write: _, ...of } = await visitor();
        const asked = await ask(of, menu);
        expect((await outcomeOf(asked)).kind).toBe('message.sent');
        const [arrival, ...more] = await system.simulator.arrivalsOf('How can we help you today?');
        expect(arrival).toMatchObject({ accepted: true, conversationId: provider, content: 'quick-reply' });
        expect(more).toEqual([]);
        // Its receipts came no later than the answer to the send.
        await isShownAs(asked, 'read');
        await system.simulator.press(provider, 'transfer_to_agent');
        const { fact } = await saidBy(of.conversationId, 'quick-reply');
        const content = { type: 'quick-reply', text: 'Speak to Agent', payload: 'transfer_to_agent' };
        expect(fact).toMatchObject({ content, providerConversationId: provider });
        const greeting = await saidBy(of.conversationId, 'text');
        expect(greeting).toMatchObject({ channel: 'open', fact: { authenticated: true } });
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
      }),
    90_000,
  );

  it(
    'an image goes each way',
    () =>
      system.watch(async () => {
        const { provider, write, ...of } = await visitor();
        await write({ body: { type: 'image', url: IMAGE, mimeType: 'image/png', text: 'the parcel' } });
        const { fact } = await saidBy(of.conversationId, 'image');
        expect(fact.content).toEqual({ type: 'image', url: IMAGE, mimeType: 'image/png', text: 'the parcel' });
        const caption = `your invoice ${randomUUID()}`;
        const content: MessageContent = { type: 'image', url: IMAGE, mimeType: 'image/png', caption };
        const asked = await ask(of, content);
        expect(await outcomeOf(asked)).toMatchObject({ kind: 'message.sent', fact: { content } });
        expect(await system.simulator.arrivalsOf(caption)).toMatchObject([
          { conversationId: provider, content: 'image' },
        ]);
        await isShownAs(asked, 'read');
      }),
    90_000,
  );

  it(
    'a card to a contact whose conversation is being closed is refused with the text of the provider; the next one is sent',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const { provider, write: _, ...of } = await visitor();
        const title = `New Product Launch ${randomUUID()}`;
        await simulator.setFault({ kind: 'hold', match: { path: '*/contacts/*/messages', textIncludes: title } });
        const late = await ask(of, card(title));
        const hasArrived = async () => (await simulator.arrivalsOf(title)).length === 1;
        await waitFor(hasArrived, { ...STEP, description: 'the card is at the provider' });
        await simulator.closeConversation(provider);
        await simulator.clearFaults();
        const { kind, fact } = await outcomeOf(late);
        expect([kind, fact.code]).toEqual(['message.failed', 'conversation-closed']);
        expect(fact.reason).toContain('contactId: its conversation is closed');
        await isShownAs(late, 'failed');
        expect((await api.message(late.messageId)).reason).toContain('its conversation is closed');
        const next = await ask(of, card(`Again ${randomUUID()}`));
        const outcome = await outcomeOf(next);
        expect(outcome.kind).toBe('message.sent');
        expect(outcome.fact.providerConversationId).not.toBe(provider);
      }),
    90_000,
  );
});
