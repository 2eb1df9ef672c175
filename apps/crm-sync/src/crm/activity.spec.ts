import { describe, expect, it } from '@jest/globals';
import type { TimelineEntry } from '@heliograph/contracts';
import { parties } from '@heliograph/testing';
import { activityOf } from './activity.ts';
import { contactOf } from './contact.ts';
import { SUBJECTS } from '../../test/subjects.ts';

const who = parties({ contact: '+15550001234' });
const factId = '28fa656a-7ffd-5def-ba7b-a19253033d72';

function entry(kind: string, fact: Record<string, unknown>, over: Partial<TimelineEntry> = {}): TimelineEntry {
  return { ...who, sequence: 7, session: 2, kind, factId, at: '2026-03-02T10:14:58+01:00', fact, ...over };
}

const activity = (of: TimelineEntry) => activityOf(of, contactOf(of, SUBJECTS).id);

describe('the activity of a timeline entry', () => {
  it('of a customer message says who wrote what, when, and where it stands', () => {
    const fact = { providerMessageId: 'msg-1', content: { type: 'text', text: 'Where is my order?' } };
    expect(activity(entry('message.received', fact))).toMatchObject({
      id: factId,
      fields: {
        contactId: 'acme~whatsapp~15550001234',
        conversationId: who.conversationId,
        tenant: 'acme',
        channel: 'whatsapp',
        kind: 'message.received',
        at: '2026-03-02T09:14:58.000Z',
        sequence: 7,
        direction: 'inbound',
        subject: 'Message from the customer',
        text: 'Where is my order?',
        details: {
          providerMessageId: 'msg-1',
          contentType: 'text',
          account: 'acme-genesys',
          sender: 'support',
          session: 2,
        },
      },
    });
  });

  it.each(['message.sent', 'message.failed', 'message.unresolved'])('of %s is outbound', (kind) => {
    const fact = { content: { type: 'text', text: 'It leaves today.' } };
    expect(activity(entry(kind, fact)).fields).toMatchObject({ direction: 'outbound', text: 'It leaves today.' });
  });

  it('of a template names template, language and values', () => {
    const content = { type: 'template', name: 'order_shipped', language: 'en_US', parameters: ['A17', 'today'] };
    const { fields } = activity(entry('message.sent', { content, possiblyRepeated: true }));
    expect(fields.text).toBeUndefined();
    expect(fields.subject).toBe('Message to the customer (possibly sent twice)');
    expect(fields.details).toMatchObject({
      contentType: 'template',
      templateName: 'order_shipped',
      templateLanguage: 'en_US',
      templateParameters: '["A17","today"]',
      possiblyRepeated: true,
    });
  });

  it('of an assignment names the assignee', () => {
    const fact = { providerConversationId: 'pc-1', assigneeKind: 'agent', assigneeId: 'agent-7' };
    const { fields } = activity(entry('conversation.assigned', fact));
    expect(fields.subject).toBe('Assigned to agent agent-7');
    expect(fields.details).toMatchObject(fact);
    expect(fields).not.toHaveProperty('direction');
  });

  it('of a closing says so', () => {
    expect(activity(entry('session.closed', { providerConversationId: 'pc-1' })).fields.subject).toBe('Session closed');
    const changed = activity(entry('provider-conversation.changed', { state: 'closed' })).fields;
    expect(changed).toMatchObject({
      subject: 'Conversation closed at the provider',
      details: { state: 'closed' },
    });
  });

  it('of a kind that came later is complete all the same', () => {
    const { fields } = activity(entry('case.opened', { number: 3, tags: ['a'], by: null, sender: 'not ours' }));
    expect(fields.subject).toBe('case.opened');
    expect(fields.details).toMatchObject({ number: 3, tags: '["a"]', by: null, sender: 'support' });
  });

  it('holds only what a flat record can hold, whatever the fact contains', () => {
    const fact = { deep: { er: [1] }, content: { type: 'text', text: 'x', parameters: { odd: true } } };
    const values = Object.values(activity(entry('message.received', fact)).fields.details);
    expect(values.every((value) => value === null || typeof value !== 'object')).toBe(true);
  });

  it('is the same each time the entry is delivered', () => {
    const of = entry('message.received', { content: { type: 'text', text: 'x' } });
    expect(activity(structuredClone(of))).toEqual(activity(of));
  });
});
