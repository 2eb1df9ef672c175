import { canonicalAddress, conversationId, TOPICS, type TimelineEntry } from '@heliograph/contracts';
import type { ReadRecord } from '@heliograph/testing';
import { crmActivities, messageStatus, sendText, SimulatedCustomer } from '../demo/clients.ts';
import type { Stack } from '../stack/stack-file.ts';
import type { TopicWatch } from './topic-watch.ts';

/** One step of a conversation, and the service that is at fault when it does not happen. */
export interface Stage {
  service: string;
  what: string;
  /** Done once, before the condition is looked at. */
  act?: () => Promise<void>;
  happened: () => boolean | Promise<boolean>;
}

const T = TOPICS;
/** Topics that the stages look at. */
export const WATCHED = [
  T.webhookReceived.name,
  T.conversationInbound.name,
  T.conversationTimeline.name,
  T.conversationCommand.name,
  T.conversationOutbound.name,
];

/** A conversation through every stage, in the order in which its records appear. */
export function stages(stack: Stack, watch: TopicWatch, customer: SimulatedCustomer, mark: string): Stage[] {
  const contact = canonicalAddress('whatsapp', customer.number) ?? '';
  const conversation = conversationId(stack.accounts[0]?.tenant ?? '', 'whatsapp', 'support', contact);
  const question = `question ${mark}`;
  const answer = `answer ${mark}`;
  let messageId = '';

  const holds = (text: string) => (record: ReadRecord) => record.value?.includes(text) ?? false;
  const inConversation = (text: string) => (record: ReadRecord) => record.key === conversation && holds(text)(record);
  const entry = (matches: (entry: TimelineEntry) => boolean) => (record: ReadRecord) =>
    record.key === conversation && matches(record.json as TimelineEntry);
  const on = (topic: string, condition: (record: ReadRecord) => boolean) => () =>
    watch.find(topic, condition) !== undefined;

  return [
    {
      service: 'ingress-webhooks',
      what: 'the customer’s message is on webhook.received',
      act: () => customer.write(question),
      happened: on(T.webhookReceived.name, holds(question)),
    },
    {
      service: 'dedup-router',
      what: 'it is a fact of its conversation on conversation.inbound',
      happened: on(T.conversationInbound.name, inConversation(question)),
    },
    {
      service: 'session-state',
      what: 'it is on the timeline',
      happened: on(T.conversationTimeline.name, inConversation(question)),
    },
    {
      service: 'messaging-api',
      what: 'an answer is accepted and on conversation.command',
      act: async () => {
        const accepted = await sendText(stack, { to: customer.number, text: answer, idempotencyKey: `smoke-${mark}` });
        messageId = accepted.messageId;
      },
      happened: on(T.conversationCommand.name, inConversation(answer)),
    },
    {
      service: 'outbound-dispatcher',
      what: 'the provider took it, as conversation.outbound says',
      happened: on(
        T.conversationOutbound.name,
        (record) => record.headers.ce_type === 'message.sent' && inConversation(answer)(record),
      ),
    },
    {
      service: 'session-state',
      what: 'the answer and the receipt that it was read are on the timeline',
      happened: on(
        T.conversationTimeline.name,
        entry(({ kind, fact }) => kind === 'message.status-reported' && fact.status === 'read'),
      ),
    },
    {
      service: 'messaging-api',
      what: 'the API says that it was read',
      happened: async () => (await messageStatus(stack, messageId)).status === 'read',
    },
    {
      service: 'crm-sync',
      what: 'the CRM has the question and the answer',
      happened: async () => {
        const activities = JSON.stringify(await crmActivities(stack, conversation));
        return activities.includes(question) && activities.includes(answer);
      },
    },
  ];
}
