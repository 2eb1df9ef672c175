import type { Traffic } from '@heliograph/accounts';
import type { MessageContent, SendMessage } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { FoundSender } from '../accounts/find-sender.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { ToSend } from '../templates/template-choices.ts';
import type { Effect } from './effect.ts';
import type { SettledSend } from './settled-send.ts';
import { memoOf } from './turn.ts';

/** One message on its way to the provider, with everything that was looked up for it. */
export interface SendJob extends FoundSender, Omit<ToSend, 'kind'> {
  readonly delivery: Delivery;
  /** In the send ledger. */
  readonly entryId: string;
  /** What is kept with a refusal of the provider. */
  readonly refused?: Partial<SettledSend> | undefined;
}

/** What sending into a conversation and a notification of its own have in common. */
export interface SendParts {
  readonly content: MessageContent;
  /** What the fact says beyond the command. */
  readonly told: Partial<SettledSend>;
  readonly effect: Omit<Effect<never>, 'buckets' | 'call' | 'settle'>;
}

/**
 * Resends that an unknown outcome allows: one of a transactional message, but never of another template than the one whose
 * outcome is unknown; of a fallback only when this process knows that it was the fallback.
 */
export function resendsOf({ command, delivery, template, instead }: SendJob): number {
  const { attempted } = memoOf(delivery);
  const mayBeOther = attempted === undefined ? instead !== undefined : attempted !== template;
  return command.class !== 'transactional' || mayBeOther ? 0 : 1;
}

/** A template is what an agentless notification is; guide 003 limits those, and campaigns, by themselves. */
export function trafficOf({ class: kind, content }: SendMessage): Traffic {
  if (kind === 'campaign') return 'campaign';
  return content.type === 'template' ? 'agentless' : 'conversation';
}

/** Just before the first byte. By the number's place in its pool: its address is in no metric. */
export function begins({ command, delivery, sender, template }: SendJob, number: string): void {
  if (template !== undefined) memoOf(delivery).attempted = template;
  const place = String(sender.addresses.indexOf(number) + 1);
  dispatcherMetrics.sends.inc({ account: command.account, sender: sender.name, number: place });
}
