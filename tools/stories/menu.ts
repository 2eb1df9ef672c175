import type { TimelineEntry } from '@heliograph/contracts';
import type { Stack } from '../stack/stack-file.ts';
import { providerConversation } from './clients.ts';
import { Conversation, INBOUND, OUTBOUND, stage, type Story } from './story.ts';
import type { Watch } from './watch.ts';

const SHOW_PLANS = 'show:plans';
const ASK_BILLING = 'ask_billing';

const menu = {
  title: 'What can we do for you?',
  choices: [
    { label: 'See our plans', value: SHOW_PLANS },
    { label: 'Ask about a bill', value: ASK_BILLING },
  ],
};
const card = {
  title: 'Plan M',
  subtitle: '20 GB a month',
  imageUrl: 'https://files.example.com/plan-m.png',
  actions: [
    { type: 'postback', title: 'What will I pay?', payload: ASK_BILLING },
    { type: 'web_url', title: 'Read more', url: 'https://www.example.com/plan-m' },
  ],
};

/** A menu and a card (guide 004); what the customer presses goes where `REPLY_ROUTING_FILE` says. */
export function menuStory(stack: Stack, watch: Watch): Story {
  const talk = new Conversation(stack, watch, 'open');
  const stages = [
    stage({
      name: 'customer says hello',
      services: INBOUND,
      does: () => talk.writes('Hi'),
      shows: () => talk.newest('message.received'),
    }),
    stage({
      name: 'menu sent and read',
      services: OUTBOUND,
      does: (key) => talk.sends({ quickReply: menu }, key),
      shows: () => talk.readOf(talk.newestSent('quick-reply')),
    }),
    stage({
      name: 'choice told by its name',
      services: INBOUND,
      does: () => talk.presses(SHOW_PLANS),
      shows: () => talk.newest('reply.routed', { payload: SHOW_PLANS, action: 'show-products' }),
    }),
    stage({
      name: 'card sent and read',
      services: OUTBOUND,
      does: (key) => talk.sends({ card }, key),
      shows: () => talk.readOf(talk.newestSent('card')),
    }),
    stage({
      name: 'button routed to a queue',
      services: ['session-state', ...INBOUND],
      does: () => talk.presses(ASK_BILLING),
      shows: () => talk.newest('reply.routed', { payload: ASK_BILLING }),
    }),
    stage({
      name: 'handed off as configured',
      services: ['outbound-dispatcher', 'session-state'],
      shows: () => queueOf(talk),
    }),
    stage({
      name: 'provider has it there',
      services: ['outbound-dispatcher'],
      shows: async () => {
        const handedOff = queueOf(talk);
        const id = String(handedOff?.fact.providerConversationId);
        const { queueId, status } = await providerConversation(stack, id);
        return queueId === handedOff?.fact.assigneeId ? `${status} in ${queueId}` : undefined;
      },
    }),
  ];
  return { name: 'menu', title: 'A menu, a card, and where a button leads', conversation: talk.id, stages };
}

/** The hand-off to the queue that the reply stands for. */
function queueOf(talk: Conversation): TimelineEntry | undefined {
  const routed = talk.newest('reply.routed', { payload: ASK_BILLING });
  return talk.newest('conversation.handed-off', { assigneeKind: 'queue', assigneeId: routed?.fact.queueId });
}
