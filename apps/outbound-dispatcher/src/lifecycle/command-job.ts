import type { ConversationCommand } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { FoundSender } from '../accounts/find-sender.ts';
import type { Ended, Refusal, Waits } from '../sending/effect.ts';
import type { SettledSend } from '../sending/settled-send.ts';

/** One command about a conversation in work, with everything that was looked up for it. */
export interface CommandJob<C extends ConversationCommand = ConversationCommand> extends FoundSender {
  readonly command: C;
  readonly delivery: Delivery;
}

/** What is kept of a command's outcome in the ledger, so that its fact can be published again. */
export interface SettledCommand extends SettledSend {
  readonly assigneeKind?: 'agent' | 'queue';
  readonly assigneeId?: string;
  /** Of an agent who was to be added or accepted; false: is pending at the provider. */
  readonly accepted?: boolean;
  readonly customerAuthenticated?: boolean;
  /** Number of the session that the transcript is of. */
  readonly session?: number | undefined;
  readonly wrappedUp?: readonly string[];
  /** One of its requests followed another of unknown outcome. */
  readonly repeated?: boolean;
}

export interface Refused {
  readonly kind: 'refused';
  readonly refusal: Refusal;
}

export const refused = (code: string, reason: string): Refused => ({ kind: 'refused', refusal: { code, reason } });

/** How a command ended so far. `refused`: its entry in the ledger has still to be ended. */
export type CommandEnd = Ended | Refused | Waits;

export const NO_CONVERSATION = refused('no-conversation', 'the provider has no open conversation with this contact');
