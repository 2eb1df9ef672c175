import { factId, type SendMessage } from '@heliograph/contracts';
import { done, type Delivery, type Outcome } from '@heliograph/kafka';
import { dispatcherMetrics } from '../metrics.ts';
import type { RouteStore } from '../routes/route.store.ts';
import type { Holds } from './leave.ts';
import type { LedgeredCall } from './ledgered-call.ts';
import type { OutcomeFacts, WhyHeld } from './outcome-facts.ts';
import { endOfMessage } from './refused-templates.ts';
import { templateContent } from './content-as-sent.ts';
import type { WindowPolicies } from './window-policy.ts';

export interface HeldMessagesDeps {
  readonly windows: WindowPolicies;
  readonly routes: RouteStore;
  readonly calls: LedgeredCall;
  readonly facts: OutcomeFacts;
  /** Milliseconds for which a message without an expiry of its own is held. */
  readonly holdMs: number;
}

/**
 * Messages that wait until the customer writes again, quiet hours are over or their campaign goes on. Such a message leaves the
 * order of its conversation, visibly, and its entry in the ledger stays open: the command is given again.
 *
 * While the customer is waited for, a template that the command names asks for an answer: a message of its own, with an entry and
 * a fact of its own, once between two messages of the customer, however many messages are held. The route remembers who asked,
 * before it is begun, so that whoever repeats this after a crash finds that entry; what became of it the ledger says.
 */
export class HeldMessages {
  constructor(private readonly deps: HeldMessagesDeps) {}

  /** @param send sends a message and publishes what became of it */
  async hold(command: SendMessage, delivery: Delivery, send: (ask: SendMessage) => Promise<Outcome>): Promise<Outcome> {
    const { calls } = this.deps;
    const asker = command.windowTemplate && (await this.asker(command, delivery));
    if (asker === command.messageId) {
      const outcome = await send(askOf(command));
      if (outcome.kind !== 'done') return outcome;
    }
    const asked = asker && (await endOfMessage(calls, delivery, askIdOf(asker)));
    const askedBy = asked ? asked.settled.providerMessageId : undefined;
    return this.publish(command, delivery, { askedBy });
  }

  /** Until what holds it is over. */
  setAside(command: SendMessage, delivery: Delivery, { cause, resumeAt }: Holds): Promise<Outcome> {
    return this.publish(command, delivery, { cause, resumeAt });
  }

  private async publish(command: SendMessage, delivery: Delivery, why: WhyHeld): Promise<Outcome> {
    const { facts, holdMs } = this.deps;
    // Without an expiry of its own it has its time from when it may be sent.
    const from = why.resumeAt ?? command.acceptedAt;
    const until = command.expiresAt ?? new Date(Date.parse(from) + holdMs).toISOString();
    await facts.held(delivery, command, until, why);
    dispatcherMetrics.held.inc({ account: command.account, cause: why.cause ?? 'window-closed' });
    return done;
  }

  /** The message that asks, or asked, since the customer wrote last: this one where no other did, or its question was refused. */
  private async asker(command: SendMessage, delivery: Delivery): Promise<string> {
    const { windows, routes, calls } = this.deps;
    const { messageId, conversationId } = command;
    const before = await routes.asked(delivery, conversationId);
    if (before && before.at > (await windows.lastWrote(command, delivery))) {
      if (before.by === messageId) return messageId;
      const end = await endOfMessage(calls, delivery, askIdOf(before.by));
      if (end?.ended.state !== 'rejected' || end.settled.diverted) return before.by;
    }
    await routes.asks(delivery, conversationId, { at: Date.now(), by: messageId });
    return messageId;
  }
}

/** Message id of the question that a held message asks; the name of its entry in the ledger. */
export const askIdOf = (messageId: string): string => factId(`${messageId}.ask`);

function askOf({ windowTemplate, ifWindowClosed: _, part: _part, ...command }: SendMessage): SendMessage {
  return { ...command, messageId: askIdOf(command.messageId), content: templateContent(windowTemplate!) };
}
