import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { conversationId, factId, messageId, messagePartId } from './conversation-id.ts';

describe('ids', () => {
  // Computed with Python's uuid.uuid5 from the same name: these may never change.
  it.each([
    [conversationId('acme', 'whatsapp', 'support', '15550001234'), 'f8519edf-77dd-59fa-a346-dae08fd9c0be'],
    [conversationId('acme', 'sms', 'alerts', '+15550001234'), '8cbe2511-f548-5bbb-b0f2-b85738ec4e43'],
    [messageId('acme', 'order-4711-confirmation'), 'fa660f4d-2d81-5dd9-9178-04144e04d44f'],
    [messagePartId('fa660f4d-2d81-5dd9-9178-04144e04d44f', 1), 'fa660f4d-2d81-5dd9-9178-04144e04d44f'],
    [messagePartId('fa660f4d-2d81-5dd9-9178-04144e04d44f', 2), 'd3a9f37c-bade-5237-b370-942c6e0f1769'],
    [factId('evt-90c1'), '28fa656a-7ffd-5def-ba7b-a19253033d72'],
    [factId('evt-90c1', 1), '6832ccfb-f1ed-5957-bdb6-6fc634d91ec1'],
    [conversationId('größe', 'sms', 'a"b', '+1'), '1beac5fd-d90f-554f-a8fe-03c9d2556d8b'],
  ])('are the same in every release: %s', (id, known) => {
    expect(id).toBe(known);
  });

  it.each([
    [conversationId('a', 'b', 'c', 'd'), conversationId('a', 'b', 'c,d', '')],
    [conversationId('a', 'b', 'c', 'd'), conversationId('a","b', 'c', 'd', '')],
    [conversationId('a', 'b', '', 'cd'), conversationId('a', 'b', 'c', 'd')],
    [messageId('a', 'b'), factId('a')],
  ])('differ where only the cut between the parts differs', (one, other) => {
    expect(one).not.toBe(other);
  });

  it('differ for different parts, whatever characters they hold', () => {
    const part = fc.string({ unit: fc.constantFrom('a', '"', ',', '[', ']', '\\', ':', '/', ' ') });
    const parts = fc.tuple(part, part, part, part);
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(conversationId(...one) === conversationId(...other)).toBe(same);
      }),
    );
  });
});
