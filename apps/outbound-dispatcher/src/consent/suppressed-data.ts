import { partiesOf, type MessageSuppressed, type SendMessage } from '@heliograph/contracts';
import type { Suppression } from './suppression.ts';

interface Ended {
  readonly at: string;
  readonly code?: string;
  readonly reason?: string;
  readonly suppressed?: Suppression;
}

/** What `message.suppressed` says of a command that ended because its contact has said no. */
export function suppressedData(
  command: SendMessage,
  attempt: string,
  { at, code = 'opted-out', reason = code, suppressed }: Ended,
): MessageSuppressed {
  const { messageId, class: messageClass, content, divertedFrom, campaign } = command;
  const { subject, purpose, since, source, consentEventId } = suppressed!;
  return {
    ...partiesOf(command),
    ...{ messageId, class: messageClass, code, reason, subject, purpose, since },
    ...(source && { source }),
    ...(consentEventId && { consentEventId }),
    ...(attempt && { attempt }),
    ...(divertedFrom && { divertedFrom }),
    ...(campaign && { campaignId: campaign.campaignId }),
    ...{ at, content },
  };
}
