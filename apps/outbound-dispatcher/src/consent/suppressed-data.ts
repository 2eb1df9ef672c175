import { partiesOf, type MessageSuppressed, type SendMessage } from '@heliograph/contracts';
import type { SettledSend } from '../sending/outcome-facts.ts';

/** What `message.suppressed` says of a command that ended because its contact has said no. */
export function suppressedData(
  command: SendMessage,
  attempt: string,
  { at, code = 'opted-out', reason = code, suppressed }: SettledSend,
): MessageSuppressed {
  const { messageId, class: messageClass, content, divertedFrom } = command;
  const { subject, purpose, since, source, consentEventId } = suppressed!;
  return {
    ...partiesOf(command),
    ...{ messageId, class: messageClass, code, reason, subject, purpose, since },
    ...(source && { source }),
    ...(consentEventId && { consentEventId }),
    ...(attempt && { attempt }),
    ...(divertedFrom && { divertedFrom }),
    ...{ at, content },
  };
}
