import type { Traffic } from '@heliograph/accounts';
import type { Resolution, SendMessage } from '@heliograph/contracts';
import { done, type Delivery, type Outcome } from '@heliograph/kafka';
import type { SendingAccounts } from '../accounts/sending-accounts.ts';
import type { Contact, ContactFinder } from '../contacts/contact-finder.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { NumberedPlace, Place, RouteStore } from '../routes/route.store.ts';
import type { ConversationOpener, Job } from './conversation-opener.ts';
import type { Effect, Ended, Refusal, Waits } from './effect.ts';
import type { LedgeredCall } from './ledgered-call.ts';
import type { OutcomeFacts, SettledSend } from './outcome-facts.ts';
import type { SendGates } from './send-gates.ts';
import { memoOf } from './turn.ts';

/** Provider conversations that one message may find gone before it fails. */
const MOST_GONE = 3;
/** For an account that is not configured (any more): the longest time-out one can have. */
const LONGEST_REQUEST_MS = 120_000;

const EARLIER_UNKNOWN = 'whether an earlier attempt arrived is not known; a later one was refused:';

export interface MessageSenderDeps {
  readonly accounts: SendingAccounts;
  readonly routes: RouteStore;
  readonly opener: ConversationOpener;
  readonly contacts: ContactFinder;
  readonly calls: LedgeredCall;
  readonly facts: OutcomeFacts;
  readonly gates: SendGates;
}

/**
 * Executes one send command: into the present provider conversation, or into one opened for it. Opening and sending are two
 * effects with a ledger entry each; a fact about either is published before anything builds on it.
 */
export class MessageSender {
  constructor(private readonly deps: MessageSenderDeps) {}

  async send(command: SendMessage, delivery: Delivery): Promise<Outcome> {
    const before = await this.endedBefore(command, delivery);
    if (before) return this.conclude(command, delivery, before);
    const found = this.jobOf(command, delivery);
    if ('code' in found) return this.refuse(command, delivery, LONGEST_REQUEST_MS, found);
    const { sending } = found;
    const memo = memoOf(delivery);
    while (memo.gone < MOST_GONE) {
      const place = await this.placeOf(found);
      const { number } = place;
      const opening = place.providerConversationId === undefined && (await this.deps.opener.open(found, place));
      if (opening && opening.kind === 'wait') return opening.outcome;
      if (opening && opening.kind === 'refused') {
        return this.refuse(command, delivery, sending.account.requestTimeoutMs, opening.refusal);
      }
      const target = opening ? opening.providerConversationId : place.providerConversationId!;
      const end = await this.sendInto(found, target, number);
      if (end === 'again') continue;
      if (end !== 'gone') return this.conclude(command, delivery, end);
      await this.deps.routes.gone(delivery, command.conversationId, target);
      memo.gone++;
    }
    const reason = `the provider closed ${memo.gone} conversations before the message could be sent into them`;
    return this.refuse(command, delivery, sending.account.requestTimeoutMs, { code: 'conversation-closed', reason });
  }

  /** Into the conversation itself, or to the contact that it is with. */
  private async sendInto(job: Job, target: string, number: string): Promise<Ended | Waits | 'gone' | 'again'> {
    const { command, delivery, sending } = job;
    const { calls, contacts, gates, routes } = this.deps;
    const refuse = (refusal: Refusal) =>
      calls.refuseNow(delivery, sending.account.requestTimeoutMs, command.messageId, refusal);
    const isRefused = gates.of(command, delivery).refusal() !== undefined;
    const found = isRefused ? undefined : await contacts.find(job, target, command.content);
    if (found?.kind === 'wait' || found?.kind === 'gone') return found.kind === 'wait' ? found : 'gone';
    if (found?.kind === 'refused') return refuse(found.refusal);
    const end = await calls.run(delivery, sending, this.effect(job, target, number, found));
    if (end.kind !== 'target-gone') {
      const isClosed = end.kind === 'ended' && end.settled.code === 'conversation-closed';
      if (found && isClosed) await routes.gone(delivery, command.conversationId, target);
      return end;
    }
    if (!found) return 'gone';
    contacts.unknown(job, target);
    return 'again';
  }

  /** A repeated command, or one whose outcome was not published before a crash, needs no token, budget or conversation. */
  private async endedBefore({ messageId }: SendMessage, delivery: Delivery): Promise<Ended | undefined> {
    const memo = memoOf(delivery);
    if (memo.looked) return undefined;
    const before = await this.deps.calls.endedBefore(delivery, messageId);
    memo.looked = before === undefined;
    return before;
  }

  private jobOf(command: SendMessage, delivery: Delivery): Job | Refusal {
    const { tenant, account, channel } = command;
    const sending = this.deps.accounts.byId(account);
    if (!sending || sending.account.tenant !== tenant) {
      return { code: 'unknown-account', reason: `tenant "${tenant}" has no account "${account}"` };
    }
    const sender = sending.account.senders.find((s) => s.name === command.sender && s.channel === channel);
    if (!sender) {
      return { code: 'unknown-sender', reason: `account "${account}" has no ${channel} sender "${command.sender}"` };
    }
    return { command, delivery, sending, sender };
  }

  /** Looked up after every wait; but an answer that is not dealt with yet is about the place it was asked for. */
  private async placeOf(job: Job): Promise<NumberedPlace> {
    const memo = memoOf(job.delivery);
    if (memo.place && (memo.unrecorded || memo.announcing)) return memo.place;
    const place = await this.deps.routes.find(job.delivery, job.command);
    return (memo.place = { ...place, number: await this.numberOf(job, place) });
  }

  /** The number that knows the contact, as long as it may be used; else one is chosen, and kept before it is used. */
  private async numberOf({ command, delivery, sending, sender }: Job, place: Place): Promise<string> {
    const { number, providerConversationId } = place;
    const isFixed = providerConversationId !== undefined;
    if (number !== undefined && (isFixed || sender.addresses.includes(number))) return number;
    const [first] = sender.addresses;
    if (isFixed || sender.addresses.length === 1) return first!;
    const chosen = await sending.pool.choose(sender);
    await this.deps.routes.assign(delivery, command.conversationId, chosen);
    return chosen;
  }

  private effect(
    job: Job,
    target: string,
    number: string,
    contact: Contact | undefined,
  ): Effect<{ providerMessageId: string }> {
    const { command, delivery, sending } = job;
    const { channel, contact: to, messageId: reference, conversationId } = command;
    const { content, told } = this.deps.gates.contents.of(command);
    const request = { providerConversationId: target, channel, to, content, reference };
    const settled = (providerMessageId: string): SettledSend => ({
      ...{ at: '', providerMessageId, providerConversationId: target },
      ...told,
    });
    const counts = { channel, number, traffic: trafficOf(command), conversationId };
    return {
      ...this.deps.gates.of(command, delivery),
      entryId: command.messageId,
      ...(contact && { final: contact.final }),
      resends: command.class === 'transactional' ? 1 : 0,
      buckets: (clientId) => sending.buckets.message({ clientId, ...counts }),
      call: (client, options) => {
        countSend(job, number);
        if (!contact) return client.sendMessage(request, options);
        return client.contacts!.send({ ...request, contactId: contact.contactId }, options);
      },
      settle: ({ providerMessageId }) => settled(providerMessageId),
      lookUp: {
        request: { providerConversationId: target, reference },
        found: settled,
        receipt: sending.receiptsCarryReference ? () => this.deps.routes.receiptOf(delivery, command) : undefined,
      },
    };
  }

  /** Publishes how the message ended. */
  private async conclude(command: SendMessage, delivery: Delivery, end: Ended | Waits): Promise<Outcome> {
    if (end.kind === 'wait') return end.outcome;
    const { facts } = this.deps;
    const { ended, settled } = end;
    const { attempt, possiblyRepeated } = ended;
    const count = (outcome: string, by: Resolution | undefined) => {
      const { account } = command;
      dispatcherMetrics.outcomes.inc({ account, outcome, repeated: String(possiblyRepeated) });
      if (by) dispatcherMetrics.resolutions.inc({ account, by });
    };
    if (ended.state === 'confirmed') {
      const resolvedBy = settled.resolvedBy ?? (possiblyRepeated ? 'resend' : undefined);
      await facts.sent(delivery, command, attempt, possiblyRepeated, { ...settled, resolvedBy });
      count('sent', resolvedBy);
    } else if (ended.state === 'rejected' && !possiblyRepeated) {
      await facts.failed(delivery, command, attempt, settled);
      count('failed', settled.resolvedBy);
    } else {
      // A refused resend says nothing of the attempt before it, so that message is not failed but unresolved.
      const resend = ended.state === 'rejected' && {
        reason: `${EARLIER_UNKNOWN} ${settled.reason ?? 'no reason given'}`,
      };
      await facts.unresolved(delivery, command, attempt, { ...settled, ...resend });
      count('unresolved', 'report');
    }
    return done;
  }

  /** Ends the message itself, in its own ledger entry, because what it needs cannot be had. */
  private async refuse(
    command: SendMessage,
    delivery: Delivery,
    requestTimeoutMs: number,
    refusal: Refusal,
  ): Promise<Outcome> {
    const end = await this.deps.calls.refuseNow(delivery, requestTimeoutMs, command.messageId, refusal);
    return this.conclude(command, delivery, end);
  }
}

/** A template is what an agentless notification is; guide 003 limits those, and campaigns, by themselves. */
function trafficOf({ class: kind, content }: SendMessage): Traffic {
  if (kind === 'campaign') return 'campaign';
  return content.type === 'template' ? 'agentless' : 'conversation';
}

/** By the number's place in its pool: its address is in no metric. */
function countSend({ command, sender }: Job, number: string): void {
  const place = String(sender.addresses.indexOf(number) + 1);
  dispatcherMetrics.sends.inc({ account: command.account, sender: sender.name, number: place });
}
