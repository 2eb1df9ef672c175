import type { Sender } from '@heliograph/accounts';
import type { SendMessage } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { SendingAccount } from '../accounts/sending-account.ts';
import type { NumberedPlace, RouteStore } from '../routes/route.store.ts';
import type { Effect, Refusal, Waits } from './effect.ts';
import type { LedgeredCall } from './ledgered-call.ts';
import type { OutcomeFacts } from './outcome-facts.ts';
import { needsWindow, type SendGates } from './send-gates.ts';
import { memoOf } from './turn.ts';

/** One send command in work, with everything that was looked up for it. */
export interface Job {
  readonly command: SendMessage;
  readonly delivery: Delivery;
  readonly sending: SendingAccount;
  readonly sender: Sender;
}

export type Opening =
  | { readonly kind: 'opened'; readonly providerConversationId: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | Waits;

const NOT_OPENED = 'conversation-not-opened';

/** Opens a provider conversation for a message: an effect of its own, announced before anything is sent into it. */
export class ConversationOpener {
  constructor(
    private readonly routes: RouteStore,
    private readonly calls: LedgeredCall,
    private readonly facts: OutcomeFacts,
    private readonly gates: SendGates,
  ) {}

  async open(job: Job, place: NumberedPlace): Promise<Opening> {
    const { command, delivery, sending } = job;
    const end = await this.calls.run(delivery, sending, this.effect(job, place));
    if (end.kind === 'wait') return end;
    if (end.kind === 'target-gone') return refused(NOT_OPENED, end.reason);
    const { ended, settled } = end;
    if (ended.state !== 'confirmed') {
      const reason = settled.reason ?? 'whether the provider opened a conversation is not known';
      return refused(settled.code ?? NOT_OPENED, reason);
    }
    const memo = memoOf(delivery);
    memo.announcing = true;
    const providerConversationId = settled.providerConversationId!;
    await this.facts.opened(delivery, command, settled, place.number, ended.possiblyRepeated);
    await this.routes.opened(delivery, command.conversationId, providerConversationId, place.number);
    memo.announcing = false;
    return { kind: 'opened', providerConversationId };
  }

  private effect(
    { command, delivery, sending, sender }: Job,
    { customerWrote, lastGone, number }: NumberedPlace,
  ): Effect<{ providerConversationId: string }> {
    const optIn = customerWrote || sender.optInOnRecord;
    const request = {
      channel: command.channel,
      from: number,
      to: command.contact,
      queueId: sender.queueId,
      optIn,
      externalRef: command.conversationId,
    };
    const gates = this.gates.of(command, delivery);
    return {
      ...gates,
      // Free text is judged by its window, which is open only for customers who wrote.
      refusal: () => gates.refusal() ?? (optIn || needsWindow(command) ? undefined : OPT_IN_MISSING),
      // One per conversation that it replaces, so that whoever repeats this after a crash finds the same entry.
      entryId: `${command.messageId}.open${lastGone === undefined ? '' : `.${lastGone}`}`,
      // An empty provider conversation that was opened twice harms nobody, so one resend for every class.
      resends: 1,
      buckets: (clientId) => sending.buckets.request(clientId),
      call: (client, options) => client.openConversation(request, options),
      settle: ({ providerConversationId }) => ({ at: '', providerConversationId }),
    };
  }
}

const OPT_IN_MISSING: Refusal = { code: 'opt-in-missing', reason: "the contact's opt-in is not on record" };

const refused = (code: string, reason: string): Opening => ({ kind: 'refused', refusal: { code, reason } });
