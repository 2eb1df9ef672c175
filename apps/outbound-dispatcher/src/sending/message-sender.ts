import type { Traffic } from '@heliograph/accounts';
import type { Resolution, SendMessage } from '@heliograph/contracts';
import { done, type Delivery, type Outcome } from '@heliograph/kafka';
import type { Log } from '@heliograph/runtime';
import { findSender, LONGEST_REQUEST_MS, type FoundSender } from '../accounts/find-sender.ts';
import type { SendingAccounts } from '../accounts/sending-accounts.ts';
import type { Contact, ContactFinder } from '../contacts/contact-finder.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { Places } from '../routes/places.ts';
import type { NumberedPlace, RouteStore } from '../routes/route.store.ts';
import type { ConversationOpener, Opening } from './conversation-opener.ts';
import type { Effect, Ended, Refusal, Waits, WindowClosed } from './effect.ts';
import { HeldMessages } from './held-messages.ts';
import type { LedgeredCall } from './ledgered-call.ts';
import { messageLookUp } from './message-look-up.ts';
import type { OutcomeFacts, SettledSend } from './outcome-facts.ts';
import { logRejectedTemplate } from './rejected-templates.ts';
import { needsWindow, type SendGates } from './send-gates.ts';
import { memoOf } from './turn.ts';
import { policyOf, type WindowPolicies } from './window-policy.ts';

/** Provider conversations that one message may find gone before it fails. */
const MOST_GONE = 3;

const EARLIER_UNKNOWN = 'whether an earlier attempt arrived is not known; a later one was refused:';

export interface MessageSenderDeps {
  readonly accounts: SendingAccounts;
  readonly routes: RouteStore;
  readonly places: Places;
  readonly opener: ConversationOpener;
  readonly contacts: ContactFinder;
  readonly calls: LedgeredCall;
  readonly facts: OutcomeFacts;
  readonly gates: SendGates;
  readonly windows: WindowPolicies;
  readonly log: Pick<Log, 'warn'>;
  /** Milliseconds for which a message without an expiry of its own is held. */
  readonly holdMs: number;
}

/** One send command in work, with everything that was looked up for it. */
interface Job extends FoundSender {
  /** What is sent: as it was asked for, or the template in its place. */
  readonly command: SendMessage;
  readonly delivery: Delivery;
  readonly changed?: 'window-closed' | undefined;
}

/**
 * Executes one send command: into the present provider conversation, or into one opened for it. Opening and sending are two
 * effects with a ledger entry each; a fact about either is published before anything builds on it.
 */
export class MessageSender {
  private readonly held: HeldMessages;

  constructor(private readonly deps: MessageSenderDeps) {
    this.held = new HeldMessages(deps);
  }

  async send(command: SendMessage, delivery: Delivery): Promise<Outcome> {
    const before = await this.endedBefore(command, delivery);
    if (before) return this.conclude(command, delivery, before);
    const found = findSender(this.deps.accounts, command);
    if ('code' in found) return this.refuse(command, delivery, LONGEST_REQUEST_MS, found);
    const wanted = await this.deps.windows.decide(command, delivery);
    if (wanted.kind === 'hold') return this.hold(command, delivery, found);
    const { changed } = wanted;
    const end = await this.deliver({ ...found, command: wanted.command, delivery, changed });
    if (end.kind !== 'window-closed') {
      logRejectedTemplate(this.deps.log, wanted.command, end);
      return this.conclude(command, delivery, end);
    }
    this.deps.windows.foundClosed(delivery);
    return this.send(command, delivery);
  }

  /** A message that must not be sent in any case is not held. */
  private hold(command: SendMessage, delivery: Delivery, { sending }: FoundSender): Promise<Outcome> {
    const refusal = this.deps.gates.of(command, delivery).refusal();
    if (refusal) return this.refuse(command, delivery, sending.account.requestTimeoutMs, refusal);
    return this.held.hold(command, delivery, (ask) => this.send(ask, delivery));
  }

  /** Into the conversation of the present session, or one opened for it; the next one where that is gone. */
  private async deliver(job: Job): Promise<Ended | Waits | WindowClosed> {
    const { command, delivery } = job;
    const memo = memoOf(delivery);
    while (memo.gone < MOST_GONE) {
      const place = await this.deps.places.of(job);
      const opening = place.providerConversationId === undefined && (await this.open(job, place));
      if (opening && opening.kind === 'refused') return this.endRefused(job, opening.refusal);
      if (opening && opening.kind !== 'opened') return opening;
      if (opening) memo.place = { ...place, providerConversationId: opening.providerConversationId };
      const target = opening ? opening.providerConversationId : place.providerConversationId!;
      const end = await this.sendInto(job, target, place.number);
      if (end === 'again') continue;
      if (end !== 'gone') return end;
      await this.deps.routes.gone(delivery, command.conversationId, target);
      memo.place = undefined;
      memo.gone++;
    }
    const reason = `the provider closed ${memo.gone} conversations before the message could be sent into them`;
    return this.endRefused(job, { code: 'conversation-closed', reason });
  }

  private open(job: Job, place: NumberedPlace): Promise<Opening> {
    const { command } = job;
    const gates = this.gatesOf(job);
    const { messageId: id, routing } = command;
    return this.deps.opener.open({
      ...{ ...job, parties: command, id, place, routing, gates },
      optInByWindow: needsWindow(command),
    });
  }

  private gatesOf({ command, delivery }: Job) {
    return { ...this.deps.gates.of(command, delivery), tellsWindow: policyOf(command) !== 'refuse' };
  }

  private endRefused({ command, delivery, sending }: Job, refusal: Refusal): Promise<Ended | Waits> {
    return this.deps.calls.refuseNow(delivery, sending.account.requestTimeoutMs, command.messageId, refusal);
  }

  /** Into the conversation itself, or to the contact that it is with. */
  private async sendInto(
    job: Job,
    target: string,
    number: string,
  ): Promise<Ended | Waits | WindowClosed | 'gone' | 'again'> {
    const { command, delivery, sending } = job;
    const { calls, contacts, gates, routes } = this.deps;
    const isRefused = gates.of(command, delivery).refusal() !== undefined;
    const found = isRefused ? undefined : await contacts.find(job, target, gates.contents.of(command).content);
    if (found?.kind === 'wait' || found?.kind === 'gone') return found.kind === 'wait' ? found : 'gone';
    if (found?.kind === 'refused') return this.endRefused(job, found.refusal);
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
    const { looked } = memoOf(delivery);
    if (looked.has(messageId)) return undefined;
    const before = await this.deps.calls.endedBefore(delivery, messageId);
    if (!before) looked.add(messageId);
    return before;
  }

  private effect(
    job: Job,
    target: string,
    number: string,
    contact: Contact | undefined,
  ): Effect<{ providerMessageId: string }> {
    const { command, sending, changed } = job;
    const { channel, contact: to, messageId: reference, conversationId } = command;
    const { content, told } = this.deps.gates.contents.of(command);
    const request = { providerConversationId: target, channel, to, content, reference };
    const settled = (providerMessageId: string): SettledSend => ({
      ...{ at: '', providerMessageId, providerConversationId: target },
      ...told,
      ...(changed && { changed }),
    });
    const counts = { channel, number, traffic: trafficOf(command), conversationId };
    return {
      ...this.gatesOf(job),
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
      lookUp: messageLookUp(job, this.deps.routes, target, settled),
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
