import type { Stack } from '../stack/stack-file.ts';
import { crmActivities } from '../stories/clients.ts';
import { Conversation, INBOUND, stage, type Story } from '../stories/story.ts';
import type { Watch } from '../stories/watch.ts';

/** A customer writes, the responder answers, receipts come back, the CRM shows it all. */
export function smallTalk(stack: Stack, watch: Watch): Story {
  const talk = new Conversation(stack, watch, 'whatsapp');
  const reads = (): number =>
    talk.entries.filter(({ kind, fact }) => kind === 'message.status-reported' && fact.status === 'read').length;
  const answered = (name: string, text: string, times: number) =>
    stage({
      name,
      services: INBOUND,
      does: () => talk.writes(text),
      shows: () => (reads() >= times ? 'read' : undefined),
    });
  const stages = [
    answered('first answer read', 'Hello, where is my order?', 1),
    answered('second answer read', 'Great, thank you!', 2),
    stage({
      name: 'CRM',
      services: ['crm-sync'],
      shows: async () => {
        const { length } = await crmActivities(stack, talk.id);
        if (length < talk.entries.length) return undefined;
        return `${length} activities for ${talk.entries.length} entries of the timeline`;
      },
    }),
  ];
  return { name: 'small talk', title: 'A program answers on WhatsApp', conversation: talk.id, stages };
}
