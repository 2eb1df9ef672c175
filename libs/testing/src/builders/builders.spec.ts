import { describe, expect, it } from '@jest/globals';
import { EVENTS, problemsOf } from '@heliograph/contracts';
import * as build from './events.ts';
import { guideMessage, guideSignature } from './webhooks.ts';

describe('builders of event data', () => {
  it.each([
    ['messageReceived', build.messageReceived()],
    ['messageStatusReported', build.messageStatusReported()],
    ['providerConversationChanged', build.providerConversationChanged()],
    ['conversationAssigned', build.conversationAssigned()],
    ['sendMessage', build.sendMessage()],
    ['messageSent', build.messageSent()],
  ] as const)('%s satisfies its contract', (name, data) => {
    const contract = EVENTS[name].data;
    expect(contract && problemsOf(contract, data)).toEqual([]);
  });
});

describe('builders of webhook bodies', () => {
  it('a message carries what the test gave and makes up the rest', () => {
    const event = guideMessage({ conversationId: 'c-1', text: 'Where is my order?' });
    expect(event).toMatchObject({ type: 'message', conversation: { id: 'c-1' }, body: { text: 'Where is my order?' } });
  });

  it('a signature is the HMAC-SHA256 of the bytes (RFC 4231, test case 2)', () => {
    const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    expect(guideSignature('Jefe', 'what do ya want for nothing?')).toBe(expected);
  });
});
