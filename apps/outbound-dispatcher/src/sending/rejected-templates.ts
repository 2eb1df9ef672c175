import type { SendMessage } from '@heliograph/contracts';
import type { Log } from '@heliograph/runtime';
import type { Ended, Waits } from './effect.ts';

/**
 * Logs a template that was not taken, by us or by the provider, with its conversation and its name (guide 000, edge case 1).
 * Its values and the reason are in the fact alone.
 *
 * @param sent the template itself, also where it takes the place of the message that was asked for
 */
export function logRejectedTemplate(log: Pick<Log, 'warn'>, sent: SendMessage, end: Ended | Waits): void {
  const { account, conversationId, messageId, content } = sent;
  if (content.type !== 'template' || end.kind === 'wait' || end.ended.state !== 'rejected') return;
  const { name: template, language } = content;
  log.warn({ account, conversationId, messageId, template, language, code: end.settled.code }, 'template rejected');
}
