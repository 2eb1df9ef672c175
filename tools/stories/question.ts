import { randomUUID } from 'node:crypto';
import type { Stack } from '../stack/stack-file.ts';
import { crmActivities, evidence, messageStatus, timesSent } from './clients.ts';
import { Conversation, INBOUND, stage, type Story } from './story.ts';
import type { Watch } from './watch.ts';

/** A customer asks, we answer, and each service has its part in it. */
export function questionStory(stack: Stack, watch: Watch): Story {
  const talk = new Conversation(stack, watch, 'whatsapp');
  const answer = `We are. ${randomUUID()}`;
  const asked = { event: '' };
  const answered = { message: '' };
  const stages = [
    stage({
      name: 'webhook accepted',
      services: ['ingress-webhooks'],
      does: async () => (asked.event = (await talk.writes('Is anybody there?')).eventId),
      shows: () => acknowledged(stack, asked.event),
    }),
    stage({
      name: 'fact routed',
      services: ['dedup-router'],
      shows: () => (watch.isRouted(talk.id) ? talk.id : undefined),
    }),
    stage({
      name: 'timeline entry numbered',
      services: ['session-state'],
      shows: () => talk.newest('message.received'),
    }),
    stage({
      name: 'API accepted the answer',
      services: ['messaging-api'],
      does: async (key) => (answered.message = (await talk.sends({ text: answer }, key)).messageId),
      shows: () => `message ${answered.message}`,
    }),
    stage({
      name: 'provider received it',
      services: ['outbound-dispatcher'],
      shows: async () => {
        talk.newest('message.sent');
        const times = await timesSent(stack, answer);
        if (times > 1) throw new Error(`the provider took the message ${times} times`);
        return times === 1 ? 'once' : undefined;
      },
    }),
    stage({
      name: 'receipt applied',
      services: INBOUND,
      shows: () => talk.readOf(talk.newestSent('text')),
    }),
    stage({
      name: 'CRM activities written',
      services: ['crm-sync'],
      shows: async () => {
        const { length } = await crmActivities(stack, talk.id);
        return length >= talk.entries.length ? `${length} activities` : undefined;
      },
    }),
    stage({
      name: 'API shows it as read',
      services: ['messaging-api', 'session-state'],
      shows: async () => {
        const { status } = await messageStatus(stack, answered.message);
        return status === 'read' ? status : undefined;
      },
    }),
  ];
  return { name: 'question', title: 'A question and an answer', conversation: talk.id, stages };
}

async function acknowledged(stack: Stack, event: string): Promise<string | undefined> {
  const events = await evidence<{ id: string; acknowledgedAt?: number }>(stack, 'events');
  const told = events.find(({ id }) => id === event);
  return told?.acknowledgedAt === undefined ? undefined : `event ${event}`;
}
