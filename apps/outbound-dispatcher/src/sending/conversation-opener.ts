import type { Parties, RoutingWish } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import type { RoutingName } from '@heliograph/providers';
import type { FoundSender } from '../accounts/find-sender.ts';
import { namesOf, type RoutingCheck } from '../routing/routing-check.ts';
import type { NumberedPlace, RouteStore } from '../routes/route.store.ts';
import type { Effect, Ended, Refusal, Stale, Waits, WindowClosed } from './effect.ts';
import type { Holds } from './leave.ts';
import type { LedgeredCall } from './ledgered-call.ts';
import type { OutcomeFacts } from './outcome-facts.ts';
import type { SettledSend } from './settled-send.ts';
import type { Gates } from './send-gates.ts';
import { memoOf } from './turn.ts';

/** A provider conversation that a command needs. */
export interface OpeningWish extends FoundSender {
  readonly delivery: Delivery;
  readonly parties: Parties;
  /** Id of the command; the entry in the ledger is named after it. */
  readonly id: string;
  readonly place: NumberedPlace;
  readonly routing?: RoutingWish | undefined;
  readonly gates: Gates & Pick<Effect<never>, 'tellsWindow' | 'stale' | 'leave'>;
  /** Free text is judged by its window, which is open only for customers who wrote: an opt-in. */
  readonly optInByWindow?: boolean;
  /** The provider conversation that it is to take the place of, although that one is still open. */
  readonly replaces?: string | undefined;
}

export interface Opened {
  readonly kind: 'opened';
  readonly providerConversationId: string;
  readonly replaced?: string | undefined;
  readonly possiblyRepeated: boolean;
}

export type Opening =
  Opened | { readonly kind: 'refused'; readonly refusal: Refusal } | Waits | WindowClosed | Stale | Holds;

const NOT_OPENED = 'conversation-not-opened';

/** Opens a provider conversation for a command: an effect of its own, announced before anything is sent into it. */
export class ConversationOpener {
  constructor(
    private readonly routes: RouteStore,
    private readonly calls: LedgeredCall,
    private readonly facts: OutcomeFacts,
    private readonly routing: RoutingCheck,
  ) {}

  /** @throws Unavailable where the lane has to wait without a moment to wait for */
  async open(wish: OpeningWish): Promise<Opening> {
    const { delivery, sending, sender } = wish;
    const names = namesOf(wish.routing?.queueId ?? sender.queueId, wish.routing);
    for (;;) {
      const effect = this.effect(wish, names[0]!);
      const isDecided = memoOf(delivery).ended.has(effect.entryId) || effect.refusal() !== undefined;
      const checked = isDecided ? undefined : await this.routing.check(delivery, sending, names);
      if (checked) return 'code' in checked ? { kind: 'refused', refusal: checked } : checked;
      const end = await this.calls.run(delivery, sending, effect);
      if (end.kind === 'ended') return this.concluded(wish, end);
      if (end.kind !== 'target-gone') return end;
      if (!this.routing.refresh(delivery, sending, names, end)) return refused(end.code, end.reason);
    }
  }

  private async concluded(wish: OpeningWish, { ended, settled }: Ended): Promise<Opening> {
    if (ended.state !== 'confirmed') {
      const reason = settled.reason ?? 'whether the provider opened a conversation is not known';
      const { code = NOT_OPENED, suppressed } = settled;
      return { kind: 'refused', refusal: { code, reason, ...(suppressed && { suppressed }) } };
    }
    const { delivery, parties, place } = wish;
    const { possiblyRepeated } = ended;
    const providerConversationId = settled.providerConversationId!;
    const memo = memoOf(delivery);
    const opened = { providerConversationId, replaced: settled.replaces, possiblyRepeated };
    if (memo.announced === providerConversationId) return { kind: 'opened', ...opened };
    memo.announcing = true;
    await this.facts.opened(delivery, parties, settled, place.number, possiblyRepeated);
    await this.routes.opened(delivery, parties.conversationId, providerConversationId, place.number);
    memo.announcing = false;
    memo.announced = providerConversationId;
    return { kind: 'opened', ...opened };
  }

  private effect(wish: OpeningWish, queue: RoutingName): Effect<{ providerConversationId: string }> {
    const { parties, place, gates, sending, sender, routing, replaces } = wish;
    const optIn = place.customerWrote || sender.optInOnRecord || memoOf(wish.delivery).optedIn === true;
    const request = {
      channel: parties.channel,
      from: place.number,
      to: parties.contact,
      queueId: queue.id,
      ...(routing?.priority !== undefined && { priority: routing.priority }),
      ...(routing?.skills && { skills: routing.skills }),
      ...(routing?.attributes && { attributes: routing.attributes as Record<string, string | number | boolean> }),
      optIn,
      externalRef: parties.conversationId,
    };
    return {
      ...gates,
      refusal: () =>
        gates.refusal() ?? (optIn || wish.optInByWindow ? undefined : OPT_IN_MISSING) ?? wrongAttribute(routing),
      routed: true,
      entryId: entryOf(wish),
      // An empty provider conversation that was opened twice harms nobody, so one resend for every class.
      resends: 1,
      buckets: (clientId) => sending.buckets.request(clientId),
      call: (client, options) => client.openConversation(request, options),
      settle: ({ providerConversationId }): SettledSend => ({ at: '', providerConversationId, replaces }),
    };
  }
}

/** One per conversation that it replaces, so that whoever repeats this after a crash finds the same entry. */
function entryOf({ id, place: { lastGone } }: OpeningWish): string {
  return `${id}.open${lastGone === undefined ? '' : `.${lastGone}`}`;
}

function wrongAttribute(routing: RoutingWish | undefined): Refusal | undefined {
  const [name] =
    Object.entries(routing?.attributes ?? {}).find(
      ([, value]) => !['string', 'number', 'boolean'].includes(typeof value),
    ) ?? [];
  if (name === undefined) return undefined;
  return { code: 'invalid-request', reason: `routing.attributes.${name} must be a text, a number or a truth value` };
}

export const OPT_IN_MISSING: Refusal = { code: 'opt-in-missing', reason: "the contact's opt-in is not on record" };

const refused = (code: string, reason: string): Opening => ({ kind: 'refused', refusal: { code, reason } });
