import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalAddress, conversationId } from '@heliograph/contracts';
import { randomNumber, System, textOf, TimelineReader, upTo, waitFor } from '@heliograph/testing';

const STEP = { timeoutMs: 30_000 };

let system: System;
let timeline: TimelineReader;

beforeAll(async () => {
  system = await System.start({ name: 'kafka-client', settings: { KAFKA_CLIENT: 'platformatic' } });
  timeline = await TimelineReader.start(system);
}, 120_000);

afterAll(async () => {
  await timeline?.close();
  await system?.stop();
}, 30_000);

describe('with KAFKA_CLIENT=platformatic', () => {
  it(
    'a question and its answer go through every service, each once and in order, also after a consumer was killed',
    () =>
      system.watch(async () => {
        const { simulator, api } = system;
        const customer = randomNumber();
        const conversation = conversationId(
          'acme',
          'whatsapp',
          'support',
          canonicalAddress('whatsapp', customer) ?? '',
        );
        const texts = (): string[] => timeline.of(conversation).map(textOf).filter(Boolean) as string[];
        const says = async (text: string): Promise<void> => {
          await simulator.customerWrites({ from: customer, text });
          await waitFor(() => texts().includes(text), { ...STEP, description: `"${text}" is numbered` });
        };
        await says('Where is my order?');
        const request = { channel: 'whatsapp' as const, sender: 'support', to: customer };
        const answer = await api.send({ ...request, text: 'On its way.' });
        await waitFor(async () => (await api.message(answer.messageId)).status === 'read', {
          ...STEP,
          description: 'the answer is read',
        });
        const owner = system.replica('session-state');
        await owner.kill();
        await owner.start();
        await says('Thank you.');
        expect(texts()).toEqual(['Where is my order?', 'On its way.', 'Thank you.']);
        const sequences = timeline.of(conversation).map(({ sequence }) => sequence);
        expect(sequences).toEqual(upTo(sequences.length));
        expect(await simulator.arrivalsOf('On its way.')).toMatchObject([{ accepted: true }]);
        expect(timeline.faults).toEqual({ gaps: [], numbersUsedTwice: [], factsTwice: [] });
      }),
    120_000,
  );
});
