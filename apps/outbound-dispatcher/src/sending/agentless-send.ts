import type { SendMessage, TemplateChannel } from '@heliograph/contracts';
import type { AgentlessSent } from '@heliograph/providers';
import type { NumberedPlace, RouteStore } from '../routes/route.store.ts';
import { OPT_IN_MISSING } from './conversation-opener.ts';
import type { Effect } from './effect.ts';
import type { SettledSend } from './settled-send.ts';
import { begins, trafficOf, type SendJob, type SendParts } from './send-job.ts';
import { memoOf } from './turn.ts';

/**
 * Whether a template goes out as a notification that no agent takes part in (docs/decisions/0013): by e-mail always, on SMS by the
 * provider's id of it, which only a template of the files has (guide 002, section 3), on WhatsApp where the sender says so (guide
 * 001, section 3).
 */
export function isAgentless({ command: { channel, content }, sender }: Pick<SendJob, 'command' | 'sender'>): boolean {
  if (content.type !== 'template') return false;
  switch (channel) {
    case 'email':
      return true;
    case 'sms':
      return content.providerTemplateId !== undefined;
    default:
      return channel === 'whatsapp' && sender.agentless === true;
  }
}

/** No guide shows how a conversation by e-mail is opened for agents, so a text that has none opens its own (guide 002, section 3). */
export const opensByItself = ({ channel }: Pick<SendMessage, 'channel'>): boolean => channel === 'email';

/**
 * Opens a conversation of the provider and sends in one request: one effect. Nobody has agreed to anything by being sent to, so
 * the contact's opt-in must be on record, as for every conversation that we open.
 */
export function agentlessEffect(
  job: SendJob,
  place: NumberedPlace,
  { content, told, effect }: SendParts,
  routes: RouteStore,
): Effect<AgentlessSent> {
  const { command, delivery, sending, sender } = job;
  const { channel, contact: to, messageId: reference, conversationId, campaign } = command;
  // Names no number: the provider sends all from one of the channel, so all count against one.
  const number = sender.addresses[0]!;
  const counts = { channel, number, traffic: trafficOf(command), conversationId, campaign };
  const request = { channel: channel as TemplateChannel, from: number, to, content, reference };
  const settled = (sent: Partial<AgentlessSent>): SettledSend => ({ at: '', ...sent, ...told, agentless: true });
  const receipt = async () => {
    const providerMessageId = await routes.receiptOf(delivery, command);
    return providerMessageId === undefined ? undefined : settled({ providerMessageId });
  };
  const optIn = place.customerWrote || sender.optInOnRecord || memoOf(delivery).optedIn === true;
  return {
    ...effect,
    refusal: () => effect.refusal() ?? (optIn ? undefined : OPT_IN_MISSING),
    final: ['conversation-closed', 'not-found'],
    buckets: (clientId) => sending.buckets.message({ clientId, ...counts }),
    call: (client, options) => {
      begins(job, number);
      return client.sendAgentless(request, options);
    },
    settle: settled,
    ...(sending.receiptsCarryReference && { lookUp: { receipt } }),
  };
}
