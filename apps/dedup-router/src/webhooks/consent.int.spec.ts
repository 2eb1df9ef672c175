import { EVENTS } from '@heliograph/contracts';
import { guideMessage, guideOptOut, randomNumber } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partiesOf, RouterBench } from '../../test/router-bench.ts';

let bench: RouterBench;
beforeAll(async () => (bench = await RouterBench.open()), 60_000);
afterAll(() => bench.close(), 20_000);

describe('an opt-out that the provider tells of (guide 002, edge case 1)', () => {
  it('becomes a fact of the conversation it names, once', async () => {
    const from = randomNumber();
    const message = guideMessage({ from });
    const event = guideOptOut(message.conversation.id);
    await bench.receive([message, event, event]);
    const fact = await bench.fact(event);
    expect(fact.type).toBe(EVENTS.contactConsentReported.type);
    const { conversationId, contact } = partiesOf({ contact: from });
    expect(fact.data).toMatchObject({ conversationId, contact, change: 'opt-out', purpose: 'all' });
    await bench.passed(message.conversation.id, guideMessage({ conversationId: message.conversation.id, from }));
    expect(bench.factsOf(event)).toHaveLength(1);
  }, 60_000);
});
