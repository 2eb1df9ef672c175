import { partiesOf, type MessageFailed, type SendMessage } from '@heliograph/contracts';
import type { SettledSend } from './settled-send.ts';

/** What `message.failed` says of a command. */
export function failedData(command: SendMessage, attempt: string, settled: SettledSend): MessageFailed {
  return {
    ...partiesOf(command),
    messageId: command.messageId,
    code: settled.code ?? 'provider-refused',
    reason: settled.reason ?? 'the provider refused the message',
    ...(attempt && { attempt }),
    ...(settled.resolvedBy && { resolvedBy: settled.resolvedBy }),
    // What may have been sent is not failed but unresolved.
    possiblyRepeated: false,
    at: settled.at,
    ...(command.acceptedAt && { acceptedAt: command.acceptedAt }),
    ...(command.divertedFrom && { divertedFrom: command.divertedFrom }),
    ...(command.campaign && { campaignId: command.campaign.campaignId }),
    content: command.content,
  };
}
