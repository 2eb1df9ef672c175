import type { Stack } from '../stack/stack-file.ts';
import { providerConversation } from './clients.ts';
import { Conversation, INBOUND, OUTBOUND, stage, type Story } from './story.ts';
import type { Watch } from './watch.ts';

const FIRST = 'agent-7';
const SECOND = 'agent-8';

/** A support conversation by commands (guide 000, section 5): two agents, one after the other, and an end. */
export function supportStory(stack: Stack, watch: Watch): Story {
  const talk = new Conversation(stack, watch, 'whatsapp');
  const stageIs = (to: string) => talk.entries.findLast(({ kind }) => kind === 'session.stage-changed')?.fact.to === to;
  const stages = [
    stage({
      name: 'customer asks for help',
      services: INBOUND,
      does: () => talk.writes('My parcel came damaged.'),
      shows: () => (stageIs('queued') && talk.newest('message.received')) || undefined,
    }),
    stage({
      name: 'handed off to an agent',
      services: OUTBOUND,
      does: (key) => talk.command('hand-off', { to: 'agent', agentId: FIRST, accepted: false }, key),
      shows: () => talk.newest('conversation.handed-off', { assigneeId: FIRST, accepted: false }),
    }),
    stage({
      name: 'agent accepts',
      services: OUTBOUND,
      does: (key) => talk.command('accept', { agentId: FIRST }, key),
      shows: () => (stageIs('with-agent') && talk.newest('participant.accepted', { agentId: FIRST })) || undefined,
    }),
    stage({
      name: 'answer sent and read',
      services: OUTBOUND,
      does: (key) => talk.sends({ text: 'I am sorry. A colleague of mine will refund it.' }, key),
      shows: () => talk.readOf(talk.newestSent('text')),
    }),
    stage({
      name: 'handed on to another',
      services: OUTBOUND,
      does: (key) => talk.command('hand-off', { to: 'agent', agentId: SECOND, note: 'Needs a refund.' }, key),
      shows: () => talk.newest('conversation.handed-off', { assigneeId: SECOND, accepted: true }),
    }),
    stage({
      name: 'first agent wraps up',
      services: OUTBOUND,
      does: (key) => talk.command('wrap-up', { agentId: FIRST, code: 'transferred' }, key),
      shows: () => talk.newest('participant.wrapped-up', { agentId: FIRST, code: 'transferred' }),
    }),
    stage({
      name: 'conversation closed',
      services: OUTBOUND,
      does: (key) => talk.command('close', { code: 'refunded', reason: 'The customer has the money.' }, key),
      shows: () => talk.newest('conversation.closed', { code: 'refunded' }) && talk.newest('session.closed'),
    }),
    stage({
      name: 'provider closed it, too',
      services: ['outbound-dispatcher'],
      shows: async () => {
        const { status } = await providerConversation(stack, talk.provider);
        return status === 'closed' ? status : undefined;
      },
    }),
    stage({
      name: 'session archived',
      services: ['session-state'],
      shows: () => {
        const [archive] = watch.archivesOf(talk.id);
        return archive && `session ${archive.session} as one record of ${archive.entries.length} entries`;
      },
    }),
  ];
  return { name: 'support', title: 'A support conversation, by commands of the API', conversation: talk.id, stages };
}
