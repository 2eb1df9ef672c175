import type { Sender } from '@heliograph/accounts';
import type { SendMessage } from '@heliograph/contracts';
import { windowKey } from '@heliograph/conversations';
import { done, type Delivery, type Outcome } from '@heliograph/kafka';
import type { SendingAccounts } from '../accounts/sending-accounts.ts';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { RouteStore } from '../routes/route.store.ts';
import type { TemplateTable } from '../templates/template-table.ts';
import type { Effect, EffectEnd, LedgeredCall, Refusal } from './ledgered-call.ts';
import type { OutcomeFacts, SettledSend } from './outcome-facts.ts';
import { memoOf } from './turn.ts';

const DAY_MS = 86_400_000;
/** Provider conversations that one message may find closed before it fails. */
const MOST_OPENED = 3;

export interface SendRules {
  /** Taken off the 24 hours, so that a message does not arrive just after the window closed. */
  readonly windowMarginMs: number;
}

/**
 * Executes one send command: into the present provider conversation, or into one opened for it. Opening and sending are two
 * effects with a ledger entry each; a fact about either is published before anything builds on it.
 */
export class MessageSender {
  constructor(
    private readonly accounts: SendingAccounts,
    private readonly routes: RouteStore,
    private readonly calls: LedgeredCall,
    private readonly facts: OutcomeFacts,
    private readonly templates: TemplateTable,
    private readonly rules: SendRules,
  ) {}

  async send(command: SendMessage, delivery: Delivery): Promise<Outcome> {
    const sending = this.accounts.byId(command.account);
    if (!sending || sending.account.tenant !== command.tenant) {
      const reason = `tenant "${command.tenant}" has no account "${command.account}"`;
      return this.fail(delivery, command, { code: 'unknown-account', reason });
    }
    const sender = sending.account.senders.find((s) => s.name === command.sender && s.channel === command.channel);
    if (!sender) {
      const reason = `account "${command.account}" has no ${command.channel} sender "${command.sender}"`;
      return this.fail(delivery, command, { code: 'unknown-sender', reason });
    }
    for (;;) {
      const { providerConversationId, customerWrote } = await this.routes.find(delivery, command);
      let target = providerConversationId;
      if (target === undefined) {
        const optIn = customerWrote || sender.optInOnRecord;
        const opened = await this.open(command, delivery, sending, sender, optIn);
        if (typeof opened !== 'string') return opened;
        target = opened;
      }
      const end = await this.calls.run(delivery, sending, this.sendEffect(command, delivery, sending, target));
      if (end.kind !== 'target-gone') return this.conclude(command, delivery, end);
      await this.routes.gone(delivery, command.conversationId, target);
      memoOf(delivery).opened++;
    }
  }

  /** @returns the id of the provider conversation, or the outcome of the command */
  private async open(
    command: SendMessage,
    delivery: Delivery,
    sending: SendingAccount,
    sender: Sender,
    optIn: boolean,
  ): Promise<string | Outcome> {
    const { opened } = memoOf(delivery);
    if (opened >= MOST_OPENED) {
      const reason = `the provider closed ${opened} conversations before the message could be sent into them`;
      return this.refuse(command, delivery, sending, { code: 'conversation-closed', reason });
    }
    const effect = this.openEffect(command, delivery, sending, sender, optIn);
    const end = await this.calls.run(delivery, sending, effect);
    if (end.kind === 'wait') return end.outcome;
    if (end.kind === 'target-gone') {
      return this.refuse(command, delivery, sending, { code: 'conversation-not-opened', reason: end.reason });
    }
    const { ended, settled } = end;
    if (ended.state !== 'confirmed') {
      const code = ended.state === 'rejected' ? settled.code : 'conversation-not-opened';
      const reason = settled.reason ?? 'whether the provider opened a conversation is not known';
      return this.refuse(command, delivery, sending, { code: code ?? 'conversation-not-opened', reason });
    }
    await this.facts.opened(delivery, command, settled, ended.possiblyRepeated);
    await this.routes.opened(delivery, command.conversationId, settled.providerConversationId!);
    return settled.providerConversationId!;
  }

  private openEffect(
    command: SendMessage,
    delivery: Delivery,
    sending: SendingAccount,
    sender: Sender,
    optIn: boolean,
  ): Effect<{ providerConversationId: string }> {
    const request = {
      channel: command.channel,
      from: sender.address,
      to: command.contact,
      queueId: sender.queueId,
      optIn,
      externalRef: command.conversationId,
    };
    return {
      ...this.gates(command, delivery),
      entryId: `${command.messageId}.open${memoOf(delivery).opened}`,
      // An empty provider conversation that was opened twice harms nobody, so one resend for every class.
      resends: 1,
      call: (options) => sending.client.openConversation(request, options),
      settle: ({ providerConversationId }) => ({ at: '', providerConversationId }),
    };
  }

  private sendEffect(
    command: SendMessage,
    delivery: Delivery,
    sending: SendingAccount,
    providerConversationId: string,
  ): Effect<{ providerMessageId: string }> {
    const { channel, contact: to, content } = command;
    const request = { providerConversationId, channel, to, content };
    return {
      ...this.gates(command, delivery),
      entryId: command.messageId,
      resends: command.class === 'transactional' ? 1 : 0,
      call: (options) => sending.client.sendMessage(request, options),
      settle: ({ providerMessageId }) => ({ at: '', providerMessageId, providerConversationId }),
    };
  }

  private gates(command: SendMessage, { partition }: Delivery): Pick<Effect<never>, 'priority' | 'refusal' | 'window'> {
    const needsWindow = command.channel === 'whatsapp' && command.content.type === 'text';
    const notBefore = Date.now() - DAY_MS + this.rules.windowMarginMs;
    return {
      priority: command.class,
      refusal: () => expired(command) ?? this.templates.refusal(command),
      window: needsWindow ? { key: windowKey(partition, command.conversationId), notBefore } : undefined,
    };
  }

  private async conclude(
    command: SendMessage,
    delivery: Delivery,
    end: Exclude<EffectEnd, { kind: 'target-gone' }>,
  ): Promise<Outcome> {
    if (end.kind === 'wait') return end.outcome;
    const { ended, settled } = end;
    const { attempt, possiblyRepeated } = ended;
    const count = (outcome: string) =>
      dispatcherMetrics.outcomes.inc({ account: command.account, outcome, repeated: String(possiblyRepeated) });
    switch (ended.state) {
      case 'confirmed':
        await this.facts.sent(delivery, command, attempt, possiblyRepeated, settled);
        count('sent');
        break;
      case 'rejected':
        await this.facts.failed(delivery, command, attempt, possiblyRepeated, settled);
        count('failed');
        break;
      case 'in-doubt':
        await this.facts.unresolved(delivery, command, attempt, settled);
        count('unresolved');
    }
    return done;
  }

  /** Ends the message itself, in its own ledger entry, because what it needed could not be had. */
  private async refuse(
    command: SendMessage,
    delivery: Delivery,
    sending: SendingAccount,
    refusal: Refusal,
  ): Promise<Outcome> {
    const end = await this.calls.refuseNow(delivery, sending, command.messageId, refusal);
    return this.conclude(command, delivery, end);
  }

  /** For commands that were never tried under any configuration: there is no ledger entry to look at. */
  private async fail(delivery: Delivery, command: SendMessage, refusal: Refusal): Promise<Outcome> {
    const settled: SettledSend = { at: new Date().toISOString(), ...refusal };
    await this.facts.failed(delivery, command, '', false, settled);
    dispatcherMetrics.outcomes.inc({ account: command.account, outcome: 'failed', repeated: 'false' });
    return done;
  }
}

function expired({ expiresAt }: SendMessage): Refusal | undefined {
  if (expiresAt === undefined || Date.parse(expiresAt) > Date.now()) return undefined;
  return { code: 'expired', reason: `the command expired at ${expiresAt}` };
}
