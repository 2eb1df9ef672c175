import type { Stack } from '../stack/stack-file.ts';
import { providerConversation } from './clients.ts';
import { Conversation, INBOUND, OUTBOUND, stage, type Story } from './story.ts';
import type { Watch } from './watch.ts';

const HOUR_MS = 3_600_000;
const REFUSED = 'Your order has left.';
const REPLACED = 'It arrives tomorrow.';
const HELD = 'Shall I leave it with a neighbour?';
const windowTemplate = { name: 'order_update', language: 'en_US', parameters: ['1042', 'tomorrow'] };

/** The 24-hour window (guide 000, section 4) has closed: free text is refused, replaced by a template, or held. */
export function windowStory(stack: Stack, watch: Watch): Story {
  const talk = new Conversation(stack, watch, 'whatsapp');
  const stages = [
    stage({
      name: 'customer wrote yesterday',
      services: INBOUND,
      does: () => talk.writes('Where is order 1042?', 30 * HOUR_MS),
      shows: () => talk.newest('message.received'),
    }),
    stage({
      name: 'free text refused',
      services: OUTBOUND,
      does: (key) => talk.sends({ text: REFUSED }, key),
      shows: () => talk.newest('message.failed', { code: 'window-closed' }),
    }),
    stage({
      name: 'replaced by a template',
      services: [...OUTBOUND, 'template-registry'],
      does: (key) => talk.sends({ text: REPLACED, ifWindowClosed: 'template', windowTemplate }, key),
      shows: () => talk.readOf(talk.newestSent('template')),
    }),
    stage({
      name: 'held until they write',
      services: OUTBOUND,
      does: (key) => talk.sends({ text: HELD, ifWindowClosed: 'hold' }, key),
      shows: () => talk.newest('message.held'),
    }),
    stage({
      name: 'sent when they write',
      services: ['session-state', 'outbound-dispatcher', ...INBOUND],
      does: () => talk.writes('Are you still there?'),
      shows: () =>
        talk.newest('message.released', { because: 'customer-wrote' }) && talk.readOf(talk.newestSent('text')),
    }),
    stage({
      name: 'provider saw only those',
      services: ['outbound-dispatcher'],
      shows: async () => {
        const { lines } = await providerConversation(stack, talk.provider);
        const ours = lines.filter(({ by }) => by === 'business').map(({ text }) => text);
        return ours.length === 2 && ours[1] === HELD ? 'the template and what was held' : undefined;
      },
    }),
  ];
  return { name: 'window', title: 'A window that has closed', conversation: talk.id, stages };
}
