import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalAddress, conversationId } from '@heliograph/contracts';
import { randomNumber, System, textOf, TimelineReader, upTo, waitFor } from '@heliograph/testing';

const STEP = { timeoutMs: 30_000 };

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({ name: 'conversation' });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

const conversationWith = (number: string): string =>
  conversationId('acme', 'whatsapp', 'support', canonicalAddress('whatsapp', number) ?? '');

describe('one conversation', () => {
  it(
    'goes through every service and back, and is shown alike by topic, API and CRM',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const customer = randomNumber();
        const conversation = conversationWith(customer);
        const kinds = (): string[] => timeline.of(conversation).map(({ kind }) => kind);

        const asked = await simulator.customerWrites({ from: customer, text: 'Where is my order?' });
        await waitFor(() => kinds().includes('message.received'), { ...STEP, description: 'the question is numbered' });
        const accepted = await api.send({ channel: 'whatsapp', sender: 'support', to: customer, text: 'On its way.' });
        expect(accepted.conversationId).toBe(conversation);
        await waitFor(async () => (await api.message(accepted.messageId)).status === 'read', {
          ...STEP,
          description: 'the API shows the answer as read',
        });
        const [arrival, ...more] = await simulator.arrivalsOf('On its way.');
        expect(arrival).toMatchObject({ accepted: true, conversationId: asked.conversationId });
        expect(more).toEqual([]);

        await simulator.assign(asked.conversationId, 'agent-7');
        await simulator.closeConversation(asked.conversationId);
        await waitFor(async () => (await api.conversation(conversation)).state === 'closed', {
          ...STEP,
          description: 'the session is closed',
        });
        await waitFor(() => kinds().includes('session.closed'), { ...STEP, description: 'the closing is numbered' });
        const entries = timeline.of(conversation);
        expect(entries.map(({ sequence }) => sequence)).toEqual(upTo(entries.length));
        expect(entries.map(textOf).filter(Boolean)).toEqual(['Where is my order?', 'On its way.']);

        const activities = await waitFor(
          async () => {
            const found = await simulator.activities(conversation);
            return found.length >= entries.length && found;
          },
          { ...STEP, description: 'the CRM has an activity for every entry' },
        );
        const places = entries.map(({ sequence, kind, factId }) => ({ sequence, kind, factId }));
        expect(activities.map(({ sequence, kind, externalId: factId }) => ({ sequence, kind, factId }))).toEqual(
          places,
        );
        expect(await simulator.contactsOf(entries[0]!.contact)).toMatchObject([{ channel: 'whatsapp' }]);
        const shown = await waitFor(
          async () => {
            const found = await api.timeline(conversation);
            return found.length >= entries.length && found;
          },
          { ...STEP, description: 'the API shows the whole timeline' },
        );
        expect(shown.map(({ sequence, kind, factId }) => ({ sequence, kind, factId }))).toEqual(places);
      }),
    180_000,
  );

  it(
    'takes a template that the provider has approved, and refuses one that it does not have',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const customer = randomNumber();
        const isKnown = (): boolean => timeline.of(conversationWith(customer)).length > 0;
        await simulator.customerWrites({ from: customer, text: 'Hello' });
        await waitFor(isKnown, { ...STEP, description: 'the conversation is known' });
        const template = { name: 'order_update', language: 'en_US', parameters: [customer, 'tomorrow'] };
        const request = { channel: 'whatsapp' as const, sender: 'support', to: customer };
        const approved = await api.send({ ...request, template });
        const unknown = await api.send({ ...request, template: { ...template, name: 'no_such_template' } });
        await waitFor(async () => (await api.message(approved.messageId)).status === 'read', {
          ...STEP,
          description: 'the approved template is read',
        });
        await waitFor(async () => (await api.message(unknown.messageId)).status === 'failed', {
          ...STEP,
          description: 'the unknown template has failed',
        });
        const outcome = timeline.of(approved.conversationId).find(({ fact }) => fact.messageId === unknown.messageId);
        expect(outcome?.fact).toMatchObject({ code: 'template-unknown' });
        expect(await simulator.arrivalsOf(`${customer} | tomorrow`)).toMatchObject([{ accepted: true }]);
      }),
    120_000,
  );

  it(
    'a key that is used again, also at the same instant, is one message and one send',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const request = { channel: 'sms' as const, sender: 'alerts', to: randomNumber(), text: 'Your code is 1234.' };
        const key = `code-${request.to}`;
        const answers = await Promise.all(upTo(5).map(() => api.send(request, key)));
        const again = await api.send(request, key);
        expect(new Set([...answers, again].map(({ messageId }) => messageId)).size).toBe(1);
        await waitFor(async () => (await api.message(again.messageId)).status === 'read', {
          ...STEP,
          description: 'the message is read',
        });
        // Behind all repetitions in the lane of its conversation.
        const last = await api.send({ ...request, text: 'That was all.' });
        await waitFor(async () => (await api.message(last.messageId)).status === 'read', {
          ...STEP,
          description: 'the last message is read',
        });
        expect(await simulator.arrivalsOf('Your code is 1234.')).toHaveLength(1);
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
      }),
    120_000,
  );
});
