import type { TimelineEntry } from '@heliograph/contracts';
import type { Stack } from '../stack/stack-file.ts';
import { messageStatus } from './clients.ts';
import { applyExamples, review, templateProgress } from './registry.ts';
import { Conversation, INBOUND, OUTBOUND, stage, type Story } from './story.ts';
import type { Watch } from './watch.ts';

const REGISTRY = ['template-registry'] as const;
const LANGUAGE = 'en_US';
const FIRST = 'order_confirmation';
const SHORT = 'order_confirmation_short';
const CHECK_ORDER = 'CHECK_ORDER';

const variables = { customer: 'Jana', order: 'ORD-1042', delivery: '2026-11-25' };
const template = { name: FIRST, language: LANGUAGE, variables };
const withdrawn = { language: LANGUAGE, status: 'REJECTED', rejection_reason: 'POLICY_VIOLATION' } as const;

/** Templates as code (guide 001): applied, approved, pressed; withdrawn, replaced by their fallbacks, and back. */
export function templatesStory(stack: Stack, watch: Watch): Story {
  const talk = new Conversation(stack, watch, 'whatsapp');
  /** The newest template that was sent as this one. */
  const sentAs = (name: string): TimelineEntry | undefined => {
    const sent = talk.newestSent('template');
    return (sent?.fact.content as { name?: string } | undefined)?.name === name ? sent : undefined;
  };
  const sends = (key: string) => talk.sends({ template }, key);
  const approved = (name: string) => review(stack, { name, language: LANGUAGE, status: 'APPROVED' });
  const stages = [
    stage({
      name: 'files applied and approved',
      services: REGISTRY,
      does: () => applyExamples(stack),
      shows: async () => {
        const { wanted, submitted, inReview } = await templateProgress(stack);
        if (submitted < wanted || inReview > 0) return undefined;
        // A story that was interrupted may have left them withdrawn.
        await Promise.all([approved(FIRST), approved(SHORT)]);
        return `${wanted} template languages at the provider`;
      },
    }),
    stage({
      name: 'customer says hello',
      services: INBOUND,
      does: () => talk.writes('I would like to order.'),
      shows: () => talk.newest('message.received'),
    }),
    stage({
      name: 'sent by name and variables',
      services: [...OUTBOUND, ...REGISTRY],
      does: sends,
      shows: () => talk.readOf(sentAs(FIRST)),
    }),
    stage({
      name: 'its button routed',
      services: ['session-state', ...INBOUND],
      does: () => talk.presses(CHECK_ORDER),
      shows: () => talk.newest('reply.routed', { payload: CHECK_ORDER, action: 'order-status' }),
    }),
    stage({
      name: 'withdrawn: its fallback is sent',
      services: [...REGISTRY, ...OUTBOUND],
      does: async (key) => {
        await review(stack, { name: FIRST, ...withdrawn });
        await sends(key);
      },
      shows: () => talk.newest('message.sent', { changed: 'fallback' }) && talk.readOf(sentAs(SHORT)),
    }),
    stage({
      name: 'that one, too: it goes by SMS',
      services: [...REGISTRY, ...OUTBOUND],
      does: async (key) => {
        await review(stack, { name: SHORT, ...withdrawn });
        await sends(key);
      },
      shows: async () => {
        const diverted = talk.newest('message.diverted');
        const next = (diverted?.fact.command as { messageId: string } | undefined)?.messageId;
        if (next === undefined) return undefined;
        const { status } = await messageStatus(stack, next);
        return ['sent', 'delivered', 'read'].includes(status) ? `the SMS is ${status}` : undefined;
      },
    }),
    stage({
      name: 'approved again: sent itself',
      services: [...REGISTRY, ...OUTBOUND],
      does: async (key) => {
        await Promise.all([approved(FIRST), approved(SHORT)]);
        await sends(key);
      },
      shows: () => talk.readOf(sentAs(FIRST)),
    }),
  ];
  return { name: 'templates', title: 'A template: approved, withdrawn, approved again', conversation: talk.id, stages };
}
