import type { Delivery } from '@heliograph/kafka';
import type { Ended } from './effect.ts';
import type { LedgeredCall } from './ledgered-call.ts';

/** What a provider says of a template that it does not take (guide 000, edge case 1: 131050). */
const REFUSES_TEMPLATES = 'sender-or-template-mismatch';

/** Ledger entry of the one try with a fallback, after the provider has refused the template of a message. */
export const fallbackEntryOf = (messageId: string): string => `${messageId}.fallback`;

/**
 * The template that the provider refused, where its fallback is to be tried: by an answer, so it is certain that nothing was sent
 * for it, and no attempt before is of unknown outcome. Of an end that was told already (and reread after Redis was lost) the
 * ledger does not have it: what was said to have failed is not sent any more.
 */
export function refusedTemplateOf({ ended, settled }: Ended): string | undefined {
  const isCertain = ended.state === 'rejected' && !ended.possiblyRepeated;
  return isCertain && settled.code === REFUSES_TEMPLATES ? settled.refusedTemplate : undefined;
}

/** How a message ended, be it by its fallback; undefined when it has not. */
export async function endOfMessage(
  calls: Pick<LedgeredCall, 'endedBefore'>,
  delivery: Delivery,
  messageId: string,
): Promise<Ended | undefined> {
  const end = await calls.endedBefore(delivery, messageId);
  if (!end || refusedTemplateOf(end) === undefined) return end;
  return calls.endedBefore(delivery, fallbackEntryOf(messageId));
}
