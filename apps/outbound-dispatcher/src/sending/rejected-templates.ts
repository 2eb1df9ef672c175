import type { Channel, SendMessage } from '@heliograph/contracts';
import type { Log } from '@heliograph/runtime';
import type { ToSend } from '../templates/template-choices.ts';
import type { Ended } from './effect.ts';
import type { DeliveryEnd } from './message-delivery.ts';

/** What goes out in the place of a template. */
export interface GoesOn {
  readonly fallback?: string | undefined;
  readonly divertedTo?: Channel | undefined;
}

/**
 * Logs a template that was not taken, by us or by the provider, with its conversation and its name (guide 000, edge case 1).
 * Its values and the reason are in the fact alone.
 *
 * @param sent the template itself, also where it takes the place of the message that was asked for
 */
export function logRejectedTemplate(
  log: Pick<Log, 'warn'>,
  { account, conversationId, messageId, content }: SendMessage,
  code: string | undefined,
  goesOn: GoesOn = {},
): void {
  if (content.type !== 'template') return;
  const { name: template, language } = content;
  log.warn({ account, conversationId, messageId, template, language, code, ...goesOn }, 'template rejected');
}

/** The same of a delivery that has ended: the template that was asked for, and the one that was sent. */
export function logRejections(log: Pick<Log, 'warn'>, asked: SendMessage, sent: ToSend, end: DeliveryEnd): void {
  if (end.kind !== 'ended') return;
  if (sent.instead) logRejectedTemplate(log, asked, sent.instead.code, { fallback: sent.template });
  if (isRejection(end)) logRejectedTemplate(log, sent.command, end.settled.code);
}

/** Whether what was to be sent was not taken; a contact who has opted out says nothing of it. */
export function isRejection(end: DeliveryEnd): end is Ended {
  return end.kind === 'ended' && end.ended.state === 'rejected' && end.settled.suppressed === undefined;
}
