import { encodeEvent, EVENTS, type SendMessage } from '@heliograph/contracts';
import { parties, randomNumber, sendMessage, System, TimelineReader, waitFor, writeRecords } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const STEP = { timeoutMs: 30_000 };
const STOPPED = 'You will get no more messages from us. Reply START to get them again.';
const STARTED = 'You will get messages from us again. Reply STOP to end them.';

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({ name: 'consent' });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

/** As another team writes a command: past the checks of the API. */
async function command(contact: string): Promise<SendMessage> {
  const data = sendMessage(parties({ channel: 'sms', sender: 'alerts', contact }));
  const { messageId: id, conversationId: partitionKey, acceptedAt: time } = data;
  const event = { id, type: EVENTS.sendMessage.type, source: '/other-team', time, partitionKey, extensions: {}, data };
  const { key, value, headers } = encodeEvent(event);
  await writeRecords(system.brokers, system.topic(EVENTS.sendMessage.topic), [{ key, value, headers }]);
  return data;
}

const doNotContact = async (address: string): Promise<unknown[]> => {
  const contacts = await system.simulator.contactsOf(address);
  return contacts.map((contact) => (contact as { doNotContact?: boolean }).doNotContact);
};

describe('a STOP on WhatsApp', () => {
  it(
    'is answered once, suppresses what is given later, is refused by the API and marked in the CRM, until START',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const customer = randomNumber();
        const sms = () =>
          api.trySend({ channel: 'sms', sender: 'alerts', to: customer, text: 'Your order has shipped' });
        const answered = (text: string) =>
          waitFor(async () => (await simulator.arrivalsOf(text)).length > 0, { ...STEP, description: `"${text}"` });

        await simulator.customerWrites({ from: customer, text: ' “Stop.” ' });
        await simulator.customerWrites({ from: customer, text: 'STOP' });
        await answered(STOPPED);

        const later = await command(customer);
        const ends = () => timeline.of(later.conversationId).filter(({ fact }) => fact.messageId === later.messageId);
        await waitFor(() => ends().length > 0, { ...STEP, description: 'the message has ended' });
        expect(ends()).toMatchObject([{ kind: 'message.suppressed', fact: { code: 'opted-out', source: 'keyword' } }]);
        await waitFor(async () => (await api.message(later.messageId)).status === 'suppressed', {
          ...STEP,
          description: 'the API shows it as suppressed',
        });
        const { status, body } = await sms();
        expect([status, JSON.stringify(body)]).toEqual([403, expect.stringContaining('opted-out')]);
        await waitFor(async () => (await doNotContact(customer.replace('+', ''))).includes(true), {
          ...STEP,
          description: 'the CRM says do not contact',
        });

        await simulator.customerWrites({ from: customer, text: 'start' });
        await answered(STARTED);
        await waitFor(async () => (await sms()).status === 202, {
          ...STEP,
          description: 'messages are accepted again',
        });
        await waitFor(async () => (await simulator.arrivalsOf('Your order has shipped')).length > 0, {
          ...STEP,
          description: 'and arrive',
        });
        const sent = await simulator.arrivalsOf(STOPPED);
        expect(sent.filter(({ accepted }) => accepted)).toHaveLength(1);
        expect(await simulator.arrivalsOf(String(later.content.text))).toEqual([]);
      }),
    120_000,
  );
});
