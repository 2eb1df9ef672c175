import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeEvent, EVENTS, type SendMessage, type TimelineEntry } from '@heliograph/contracts';
import {
  parties,
  randomNumber,
  sendMessage,
  System,
  textOf,
  TimelineReader,
  waitFor,
  writeRecords,
} from '@heliograph/testing';

const STEP = { timeoutMs: 30_000 };

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({ name: 'contents' });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

/** What the timeline says of a conversation's messages, when it says something of as many. */
const outcomes = (conversation: string, count = 1): Promise<TimelineEntry[]> =>
  waitFor(
    () => {
      const found = timeline
        .of(conversation)
        .filter(({ kind }) => kind === 'message.sent' || kind === 'message.failed');
      return found.length >= count && found;
    },
    { ...STEP, description: `${count} outcomes in the timeline` },
  );

/** As another team writes a command: past the checks of the API. */
async function command(over: Partial<SendMessage>): Promise<SendMessage> {
  const data = sendMessage({ ...parties({ channel: 'sms', sender: 'alerts' }), ...over });
  const { messageId: id, conversationId: partitionKey, acceptedAt: time } = data;
  const source = '/other-team';
  const event = { id, type: EVENTS.sendMessage.type, source, time, partitionKey, extensions: {}, data };
  const { key, value, headers } = encodeEvent(event);
  await writeRecords(system.brokers, system.topic(EVENTS.sendMessage.topic), [{ key, value, headers }]);
  return data;
}

const sms = () => ({ channel: 'sms' as const, sender: 'alerts', to: randomNumber() });

describe('contents through the whole system (guides 003 and 004)', () => {
  it(
    'a text that is too long for one SMS arrives as several, in order, with not a character lost',
    () =>
      system.watch(async () => {
        const text = 'Your order has left our house and is on its way to you. '.repeat(40).trim();
        const { conversationId, parts = [] } = await system.api.send({ ...sms(), text, ifUnsupported: 'split' });
        expect(parts.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
        const sent = await outcomes(conversationId, 4);
        expect(sent.map(({ kind, fact }) => [kind, fact.messageId])).toEqual(
          parts.map(({ messageId }) => ['message.sent', messageId]),
        );
        expect(sent.map(textOf).join('')).toBe(text);
        const arrived = (await system.simulator.arrivals()).filter(({ text: said }) => said && text.includes(said));
        expect(arrived.map(({ text: said }) => said).join('')).toBe(text);
      }),
    90_000,
  );

  it(
    'a card arrives as an SMS with numbered choices, and the timeline says what was sent and what the numbers mean',
    () =>
      system.watch(async () => {
        const actions = [
          { type: 'postback', title: 'Learn more', payload: 'learn' },
          { type: 'web_url', title: 'Visit us', url: 'https://example.test/shoes' },
          { type: 'postback', title: 'Call me', payload: 'call' },
        ];
        const card = { title: 'New shoes, darn cheap', actions };
        const { conversationId } = await system.api.send({ ...sms(), card, ifUnsupported: 'degrade' });
        const [sent] = await outcomes(conversationId);
        const text = 'New shoes, **** cheap\nVisit us: https://example.test/shoes\n1. Learn more\n2. Call me';
        const numbered = [
          { label: 'Learn more', value: 'learn' },
          { label: 'Call me', value: 'call' },
        ];
        expect(sent).toMatchObject({
          kind: 'message.sent',
          fact: { changed: 'degraded', content: { text, numbered } },
        });
        expect(await system.simulator.arrivalsOf(text)).toHaveLength(1);
      }),
    90_000,
  );

  it(
    'a text that a content filter blocks never leaves: refused by the API, failed when it is another team’s command',
    () =>
      system.watch(async () => {
        const text = 'Your card 4111 1111 1111 1111 is guaranteed';
        const { status, body } = await system.api.trySend({ ...sms(), text });
        expect([status, JSON.stringify(body)]).toEqual([400, expect.stringContaining('content-blocked')]);
        const { conversationId } = await command({ content: { type: 'text', text } });
        const [failed] = await outcomes(conversationId);
        expect(failed).toMatchObject({ kind: 'message.failed', fact: { code: 'content-blocked' } });
        expect(await system.simulator.arrivalsOf(text)).toEqual([]);
      }),
    90_000,
  );

  it(
    'a text that a content filter flags arrives, and both the answer and the fact name the filter',
    () =>
      system.watch(async () => {
        const accepted = await system.api.send({ ...sms(), text: 'It arrives on Monday, guaranteed.' });
        const [sent] = await outcomes(accepted.conversationId);
        expect([accepted.flagged, sent!.fact.flagged]).toEqual([['promises'], ['promises']]);
      }),
    90_000,
  );

  it(
    'a canned response arrives with its variables filled in',
    () =>
      system.watch(async () => {
        const canned = { name: 'greeting', variables: { customer: 'Jana', agent: 'Kim' } };
        const { conversationId } = await system.api.send({ ...sms(), canned });
        const [sent] = await outcomes(conversationId);
        expect(textOf(sent!)).toBe('Hello Jana, this is Kim. How can I help?');
      }),
    90_000,
  );
});
