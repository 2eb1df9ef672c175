import type { Contact, ContactFinder } from '../contacts/contact-finder.ts';
import type { Places } from '../routes/places.ts';
import type { NumberedPlace, RouteStore } from '../routes/route.store.ts';
import type { TemplateLookUps } from '../templates/template-look-ups.ts';
import { agentlessEffect, isAgentless, opensByItself } from './agentless-send.ts';
import type { ConversationOpener, Opening } from './conversation-opener.ts';
import type { Effect, Ended, Refusal, Stale, Waits, WindowClosed } from './effect.ts';
import { contactErased } from './erased-contact.ts';
import type { Holds, LeaveGate } from './leave.ts';
import type { LedgeredCall } from './ledgered-call.ts';
import { messageLookUp } from './message-look-up.ts';
import type { SettledSend } from './settled-send.ts';
import { begins, resendsOf, trafficOf, type SendJob, type SendParts } from './send-job.ts';
import { needsWindow, type SendGates } from './send-gates.ts';
import { memoOf } from './turn.ts';
import { policyOf } from './window-policy.ts';

/** Provider conversations that one message may find gone before it fails. */
const MOST_GONE = 3;

export interface MessageDeliveryDeps {
  readonly routes: RouteStore;
  readonly places: Places;
  readonly opener: ConversationOpener;
  readonly contacts: ContactFinder;
  readonly calls: LedgeredCall;
  readonly gates: SendGates;
  readonly lookUps: Pick<TemplateLookUps, 'before'>;
  readonly leave: Pick<LeaveGate, 'now'>;
}

export type DeliveryEnd = Ended | Waits | WindowClosed | Stale | Holds;

/**
 * Brings one message to the provider: into the present provider conversation, or into one opened for it, or as a notification
 * of its own. Opening and sending are two effects with a ledger entry each; a notification is one.
 */
export class MessageDelivery {
  constructor(private readonly deps: MessageDeliveryDeps) {}

  /** @throws Unavailable where the lane has to wait without a moment to wait for */
  async deliver(job: SendJob): Promise<DeliveryEnd> {
    const isRefused = this.deps.gates.refusal(job.command) !== undefined;
    const looking = isRefused ? undefined : this.deps.lookUps.before(job);
    if (looking) return looking;
    return isAgentless(job) ? this.notify(job) : this.converse(job);
  }

  private async notify(job: SendJob): Promise<DeliveryEnd> {
    const { calls, places, routes } = this.deps;
    const place = await places.of(job);
    const erased = contactErased(place, job.command);
    if (erased) return this.endRefused(job, erased);
    const effect = agentlessEffect(job, place, this.common(job), routes);
    const end = await calls.run(job.delivery, job.sending, effect);
    // It is aimed at nothing that could be gone: every such answer is a refusal.
    return end.kind === 'target-gone' ? this.endRefused(job, end) : end;
  }

  /** Into the conversation of the present session, or one opened for it; the next one where that is gone. */
  private async converse(job: SendJob): Promise<DeliveryEnd> {
    const { command, delivery } = job;
    const memo = memoOf(delivery);
    while (memo.gone < MOST_GONE) {
      const place = this.deps.places.kept(delivery) ?? (await this.deps.places.of(job));
      const erased = contactErased(place, command);
      if (erased) return this.endRefused(job, erased);
      const isNew = place.providerConversationId === undefined;
      if (isNew && opensByItself(command)) return this.notify(job);
      const opening = isNew && (await this.open(job, place));
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

  private open(job: SendJob, place: NumberedPlace): Promise<Opening> {
    const { command } = job;
    const gates = this.gatesOf(job);
    const { messageId: id, routing } = command;
    return this.deps.opener.open({
      ...{ ...job, parties: command, id, place, routing, gates },
      optInByWindow: needsWindow(command),
    });
  }

  /** Of everything that is begun for a message: its conversation, the message itself, a notification. */
  private gatesOf({ command, delivery, stale }: SendJob) {
    const leave = () => this.deps.leave.now(command, delivery);
    return { ...this.deps.gates.of(command, delivery), leave, tellsWindow: policyOf(command) !== 'refuse', stale };
  }

  private endRefused({ entryId, delivery, sending }: SendJob, refusal: Refusal): Promise<Ended | Waits> {
    const { code, reason, suppressed } = refusal;
    const why = { code, reason, ...(suppressed && { suppressed }) };
    return this.deps.calls.refuseNow(delivery, sending.account.requestTimeoutMs, entryId, why);
  }

  /** Into the conversation itself, or to the contact that it is with. */
  private async sendInto(job: SendJob, target: string, number: string): Promise<DeliveryEnd | 'gone' | 'again'> {
    const { command, delivery, sending } = job;
    const { calls, contacts, gates, routes } = this.deps;
    const { content } = gates.contents.of(command);
    const isToContact = contacts.takes(job, content) && gates.of(command, delivery).refusal() === undefined;
    const found = isToContact ? await contacts.find(job, target) : undefined;
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

  private effect(
    job: SendJob,
    target: string,
    number: string,
    contact: Contact | undefined,
  ): Effect<{ providerMessageId: string }> {
    const { command, sending } = job;
    const { channel, contact: to, messageId: reference, conversationId, campaign } = command;
    const { content, told, effect } = this.common(job);
    const request = { providerConversationId: target, channel, to, content, reference };
    const settled = (providerMessageId: string): SettledSend => ({
      ...{ at: '', providerMessageId, providerConversationId: target },
      ...told,
    });
    const counts = { channel, number, traffic: trafficOf(command), conversationId, campaign };
    return {
      ...effect,
      ...(contact && { final: contact.final }),
      buckets: (clientId) => sending.buckets.message({ clientId, ...counts }),
      call: (client, options) => {
        begins(job, number);
        if (!contact) return client.sendMessage(request, options);
        return client.contacts!.send({ ...request, contactId: contact.contactId }, options);
      },
      settle: ({ providerMessageId }) => settled(providerMessageId),
      lookUp: messageLookUp(job, this.deps.routes, target, settled),
    };
  }

  /** What sending into a conversation and a notification have in common. */
  private common(job: SendJob): SendParts {
    const { command, entryId, told, refused } = job;
    const outgoing = this.deps.gates.contents.of(command);
    return {
      content: outgoing.content,
      told: { ...told, ...outgoing.told, ...(told.changed && { changed: told.changed }) },
      effect: { ...this.gatesOf(job), entryId, resends: resendsOf(job), refused },
    };
  }
}
