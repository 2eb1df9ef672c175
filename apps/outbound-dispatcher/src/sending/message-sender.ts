import type { Resolution, SendMessage } from '@heliograph/contracts';
import { done, type Delivery, type Outcome } from '@heliograph/kafka';
import type { Log } from '@heliograph/runtime';
import { findSender, LONGEST_REQUEST_MS, type FoundSender } from '../accounts/find-sender.ts';
import type { SendingAccounts } from '../accounts/sending-accounts.ts';
import { heldForTemplate } from '../campaigns/held-for-template.ts';
import { LOOK_AGAIN_MS } from '../consent/consent-gate.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { RouteStore } from '../routes/route.store.ts';
import type { TemplateChoices } from '../templates/template-choices.ts';
import { wait, type Ended, type Refusal, type Waits } from './effect.ts';
import { HeldMessages } from './held-messages.ts';
import type { Holds, LeaveGate } from './leave.ts';
import type { LedgeredCall } from './ledgered-call.ts';
import type { MessageDelivery } from './message-delivery.ts';
import type { OutcomeFacts } from './outcome-facts.ts';
import type { SettledSend } from './settled-send.ts';
import { fallbackEntryOf, refusedTemplateOf } from './refused-templates.ts';
import { isRejection, logRejectedTemplate, logRejections } from './rejected-templates.ts';
import { expired, type SendGates } from './send-gates.ts';
import { memoOf } from './turn.ts';
import { policyOf, type WindowDecision, type WindowPolicies } from './window-policy.ts';

const EARLIER_UNKNOWN = 'whether an earlier attempt arrived is not known; a later one was refused:';

export interface MessageSenderDeps {
  readonly accounts: SendingAccounts;
  readonly routes: RouteStore;
  readonly delivery: MessageDelivery;
  readonly calls: LedgeredCall;
  readonly facts: OutcomeFacts;
  readonly gates: SendGates;
  readonly windows: WindowPolicies;
  readonly leave: LeaveGate;
  readonly templates: TemplateChoices;
  readonly log: Pick<Log, 'warn'>;
  /** Milliseconds for which a message without an expiry of its own is held. */
  readonly holdMs: number;
}

/**
 * Executes one send command, and publishes how it ended. What goes out is decided at the moment of sending: the message, the
 * template for a closed window, the fallback of a template that may not be sent now; or the message goes on by another channel.
 */
export class MessageSender {
  private readonly held: HeldMessages;

  constructor(private readonly deps: MessageSenderDeps) {
    this.held = new HeldMessages(deps);
  }

  async send(command: SendMessage, delivery: Delivery): Promise<Outcome> {
    const { messageId: entryId } = command;
    const { looked, ended } = memoOf(delivery);
    const before = looked.has(entryId) ? ended.get(entryId) : await this.endedBefore(entryId, delivery);
    if (before) return this.finish(command, delivery, before);
    const found = findSender(this.deps.accounts, command);
    if ('code' in found) return this.refuse(command, delivery, LONGEST_REQUEST_MS, found);
    const silent = await this.silenced('first', command, delivery, found, entryId);
    if (silent) return this.finish(command, delivery, silent);
    const needsDecision = policyOf(command) !== 'refuse';
    const wanted: WindowDecision = needsDecision
      ? await this.deps.windows.decide(command, delivery)
      : { kind: 'send', command };
    if (wanted.kind === 'hold') return this.hold(command, delivery, found);
    const chosen = this.deps.templates.of(wanted.command, delivery, wanted.changed);
    if (chosen.kind === 'refused')
      return this.templateRefused(command, wanted.command, delivery, found, chosen.refusal);
    const { template } = chosen;
    const refused = template === undefined ? undefined : { refusedTemplate: template };
    const end = await this.deps.delivery.deliver({ ...found, ...chosen, delivery, entryId, refused });
    logRejections(this.deps.log, wanted.command, chosen, end);
    if (end.kind === 'window-closed') this.deps.windows.foundClosed(delivery);
    if (end.kind === 'window-closed' || end.kind === 'stale') return this.send(command, delivery);
    return this.finish(command, delivery, end);
  }

  /** @param asked with the template as it was asked for */
  private async templateRefused(
    command: SendMessage,
    asked: SendMessage,
    delivery: Delivery,
    found: FoundSender,
    refusal: Refusal & Pick<SettledSend, 'diverted'>,
  ): Promise<Outcome> {
    // The choice may have been made anew after a wait: nobody is diverted who has opted out meanwhile.
    const late = refusal.diverted && (await this.silenced('now', command, delivery, found, command.messageId));
    if (late) return this.finish(command, delivery, late);
    const over = expired(command);
    const held = over ? undefined : heldForTemplate(command, refusal);
    const { requestTimeoutMs } = found.sending.account;
    if (held) {
      const end = await this.deps.calls.setAside(delivery, requestTimeoutMs, command.messageId, held);
      return this.finish(command, delivery, end);
    }
    const refused = over ?? refusal;
    logRejectedTemplate(this.deps.log, asked, refused.code, { divertedTo: refusal.diverted?.channel });
    return this.refuse(command, delivery, requestTimeoutMs, refused);
  }

  /** A template that the provider has refused for certain is followed by its fallback, once (guide 000, edge case 1). */
  private finish(command: SendMessage, delivery: Delivery, end: Ended | Waits | Holds): Promise<Outcome> {
    const refused = end.kind === 'ended' ? refusedTemplateOf(end) : undefined;
    if (refused === undefined) return this.conclude(command, delivery, end);
    return this.sendFallback(command, delivery, end as Ended, refused);
  }

  private async sendFallback(
    command: SendMessage,
    delivery: Delivery,
    refused: Ended,
    template: string,
  ): Promise<Outcome> {
    const entryId = fallbackEntryOf(command.messageId);
    const before = await this.endedBefore(entryId, delivery);
    // Of an entry without an attempt the last one is the one that the provider refused.
    const conclude = (end: Ended | Waits | Holds) =>
      this.conclude(command, delivery, end.kind !== 'ended' ? end : withAttempt(end, refused.ended.attempt));
    if (before) return conclude(before);
    const found = findSender(this.deps.accounts, command);
    const timeoutMs = 'code' in found ? LONGEST_REQUEST_MS : found.sending.account.requestTimeoutMs;
    const failed = { code: refused.settled.code!, reason: refused.settled.reason! };
    const refuse = async (why: Refusal) => conclude(await this.deps.calls.refuseNow(delivery, timeoutMs, entryId, why));
    if ('code' in found) return refuse(failed);
    const silent = await this.silenced('first', command, delivery, found, entryId);
    if (silent) return conclude(silent);
    const chosen = this.deps.templates.after(command, delivery, entryId, template);
    if (chosen.kind === 'refused') {
      const late = chosen.refusal.diverted && (await this.silenced('now', command, delivery, found, entryId));
      return late ? conclude(late) : refuse({ ...chosen.refusal, ...failed });
    }
    const end = await this.deps.delivery.deliver({ ...found, ...chosen, delivery, entryId });
    if (end.kind === 'stale' || end.kind === 'window-closed')
      return this.sendFallback(command, delivery, refused, template);
    if (isRejection(end)) {
      logRejectedTemplate(this.deps.log, chosen.command, end.settled.code);
    }
    return conclude(end);
  }

  /** What ends an entry, holds it, or what it waits for, because it may not be sent now; undefined while nothing forbids it. */
  private async silenced(
    asks: 'first' | 'now',
    command: SendMessage,
    delivery: Delivery,
    { sending }: FoundSender,
    entryId: string,
  ): Promise<Ended | Waits | Holds | undefined> {
    const said = await this.deps.leave[asks](command, delivery);
    if (!said) return undefined;
    if (said.kind === 'wait') return wait(said.reason, Date.now() + LOOK_AGAIN_MS);
    const { calls } = this.deps;
    const { requestTimeoutMs } = sending.account;
    if (said.kind === 'held') return calls.setAside(delivery, requestTimeoutMs, entryId, said);
    return calls.refuseNow(delivery, requestTimeoutMs, entryId, said.refusal);
  }

  /** A repeated command, or one whose outcome was not published before a crash, needs no token, budget or conversation. */
  private async endedBefore(entryId: string, delivery: Delivery): Promise<Ended | undefined> {
    const { looked, ended } = memoOf(delivery);
    if (looked.has(entryId)) return ended.get(entryId);
    const before = await this.deps.calls.endedBefore(delivery, entryId);
    if (!before) looked.add(entryId);
    return before;
  }

  /** A message that must not be sent in any case is not held. */
  private hold(command: SendMessage, delivery: Delivery, { sending }: FoundSender): Promise<Outcome> {
    const refusal = this.deps.gates.of(command, delivery).refusal();
    if (refusal) return this.refuse(command, delivery, sending.account.requestTimeoutMs, refusal);
    return this.held.hold(command, delivery, (ask) => this.send(ask, delivery));
  }

  /** Publishes how the message ended. */
  private async conclude(command: SendMessage, delivery: Delivery, end: Ended | Waits | Holds): Promise<Outcome> {
    if (end.kind === 'wait') return end.outcome;
    if (end.kind === 'held') return this.held.setAside(command, delivery, end);
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
    } else if (ended.state === 'rejected' && !possiblyRepeated && settled.diverted) {
      await facts.diverted(delivery, command, settled);
      count('diverted', settled.resolvedBy);
    } else if (ended.state === 'rejected' && !possiblyRepeated && settled.suppressed) {
      await facts.suppressed(delivery, command, attempt, settled);
      count('suppressed', undefined);
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
    return this.finish(command, delivery, end);
  }
}

const withAttempt = (end: Ended, attempt: string): Ended => ({
  ...end,
  ended: { ...end.ended, attempt: end.ended.attempt || attempt },
});
