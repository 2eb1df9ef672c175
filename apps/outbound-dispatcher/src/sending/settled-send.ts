import type { HowChanged, MessageContent, Resolution, SanitisedValue, SendMessage } from '@heliograph/contracts';
import type { Suppression } from '../consent/suppression.ts';

/** What is kept of a finished attempt in the ledger, so that its fact can be published again word for word. */
export interface SettledSend {
  readonly at: string;
  readonly providerMessageId?: string;
  readonly providerConversationId?: string;
  readonly code?: string;
  readonly reason?: string;
  /** What forbade it, where the contact has said no. */
  readonly suppressed?: Suppression;
  /** How an attempt of unknown outcome was resolved; a resend and a report show by themselves. */
  readonly resolvedBy?: Resolution;
  /** What was sent, where that is neither what the command says nor its template for a closed window. */
  readonly content?: MessageContent;
  /** A form that the channel can carry was sent, or the policy's template in place of the message. */
  readonly changed?: HowChanged;
  /** Values of a template that were made fit to be sent. */
  readonly sanitised?: readonly SanitisedValue[];
  /** Of a send that opened a provider conversation of its own. */
  readonly agentless?: boolean;
  /** Nothing was sent here; the message goes on as this command. */
  readonly diverted?: SendMessage;
  /** Of a refusal by the provider: the template that it refused, by its name in the files. */
  readonly refusedTemplate?: string;
  /** Names of the content filters that let it pass and said so. */
  readonly flagged?: readonly string[];
  /** Of a provider conversation that was opened: the one it takes the place of. */
  readonly replaces?: string | undefined;
}
