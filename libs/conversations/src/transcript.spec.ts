import { describe, expect, it } from '@jest/globals';
import { entriesOfSession, withoutParties, type SessionEntry } from './session-entries.ts';
import { transcriptOf } from './transcript.ts';

const entry = (sequence: number, kind: string, fact: Record<string, unknown>): SessionEntry => ({
  sequence,
  session: 1,
  kind,
  factId: '28fa656a-7ffd-5def-ba7b-a19253033d72',
  at: '2026-03-02T09:14:58.000Z',
  fact,
});

describe('a transcript', () => {
  it('has the words of customer and business in order, and nothing else of the timeline', () => {
    const entries = [
      entry(1, 'session.opened', { reason: 'first-contact' }),
      entry(2, 'message.received', { content: { type: 'text', text: 'Where is it?' } }),
      entry(3, 'message.sent', { content: { type: 'image', url: 'https://x/y.png', caption: 'Here' } }),
      entry(4, 'message.status-reported', { status: 'read' }),
      entry(5, 'message.sent', { content: { type: 'location', latitude: 1, longitude: 2 } }),
      entry(6, 'message.sent', { content: { type: 'card', title: 'Choose', actions: [] } }),
      entry(7, 'message.received', { content: { type: 'sticker' } }),
    ];
    expect(transcriptOf(entries).map(({ sequence, by, type, text }) => [sequence, by, type, text])).toEqual([
      [2, 'customer', 'text', 'Where is it?'],
      [3, 'business', 'image', 'Here'],
      [5, 'business', 'location', undefined],
      [6, 'business', 'card', 'Choose'],
      [7, 'customer', 'sticker', undefined],
    ]);
  });
});

describe('the entries of a session', () => {
  it('are those of the timeline without the parties, whatever the contact is called', () => {
    const contact = 'odd","sequence":7,"\\"sequence\\":';
    const kept = entry(2, 'message.received', { content: { type: 'text', text: '"sequence":9' } });
    const json = JSON.stringify({ conversationId: 'c', tenant: 't', contact, ...kept });
    expect(JSON.parse(withoutParties(json))).toEqual(kept);
    expect(entriesOfSession([`[${withoutParties(json)}]`, '[]'])).toEqual([kept]);
  });
});
