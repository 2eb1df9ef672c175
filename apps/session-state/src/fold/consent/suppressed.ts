import type { ConsentSuppressed, MessageSuppressed } from '@heliograph/contracts';
import { suppressedPlace, type Command } from '../commands.ts';

/** A message was not sent because of what the contact had said: told to the audit, too, without the contact's address. */
export function suppressedCommand(fact: { readonly id: string; readonly data: MessageSuppressed }): Command {
  const { tenant, subject, messageId, conversationId, channel, purpose, consentEventId, at } = fact.data;
  const data: ConsentSuppressed = {
    ...{ tenant, subject, messageId, conversationId, channel },
    ...{ class: fact.data.class, purpose, at },
    ...(consentEventId !== undefined && { consentEventId }),
  };
  return { type: 'consent.suppressed', id: suppressedPlace(fact), data };
}
