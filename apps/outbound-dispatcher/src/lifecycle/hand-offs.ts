import type { HandOff } from '@heliograph/contracts';
import type { RoutingCheck } from '../routing/routing-check.ts';
import type { Places } from '../routes/places.ts';
import type { NumberedPlace, RouteStore } from '../routes/route.store.ts';
import type { ConversationOpener, Opened, OpeningWish } from '../sending/conversation-opener.ts';
import { wait, type Waits } from '../sending/effect.ts';
import type { LedgeredCall } from '../sending/ledgered-call.ts';
import { expired } from '../sending/send-gates.ts';
import { memoOf } from '../sending/turn.ts';
import type { AgentCalls } from './agents.ts';
import { refused, type CommandEnd, type CommandJob, type Refused, type SettledCommand } from './command-job.ts';
import type { WrapUps } from './wrap-ups.ts';

/** Wrap-up code of agents whose conversation was given to a queue. */
export const TRANSFERRED = 'transferred';
/** Provider conversations that one hand-off may find gone before it fails. */
const MOST_GONE = 3;
/** So long it is waited for session-state to know the next conversation before the one before is ended, milliseconds. */
const KNOWN_WITHIN_MS = 5_000;
const LOOK_AGAIN_MS = 50;

export interface HandOffsDeps {
  readonly routes: RouteStore;
  readonly opener: ConversationOpener;
  readonly agents: AgentCalls;
  readonly wrapUps: WrapUps;
  readonly calls: LedgeredCall;
  readonly routing: RoutingCheck;
  readonly places: Places;
}

/** Gives the conversation to a person (guide 000, section 5), or to a queue that finds one (section 4). */
export class HandOffs {
  constructor(private readonly deps: HandOffsDeps) {}

  async handOff(job: CommandJob<HandOff>): Promise<CommandEnd> {
    const { command, delivery } = job;
    const memo = memoOf(delivery);
    memo.agentId ??= await this.agentOf(job);
    if (memo.agentId === '') return this.toQueue(job);
    const user = { kind: 'user' as const, id: memo.agentId };
    const checked = await this.deps.routing.check(delivery, job.sending, [user]);
    if (!checked) return this.toAgent(job, memo.agentId);
    if (!('code' in checked)) return checked;
    if (command.to === 'agent') return refused(checked.code, checked.reason);
    memo.agentId = '';
    return this.toQueue(job);
  }

  /** Decided once for a delivery. @returns '' for the queue */
  private async agentOf({ command, delivery }: CommandJob<HandOff>): Promise<string> {
    if (command.to === 'agent') return command.agentId!;
    if (command.to === 'queue') return '';
    const { session } = await this.deps.routes.find(delivery, command);
    return session?.lastAgentId ?? '';
  }

  private async toAgent(job: CommandJob<HandOff>, agentId: string): Promise<CommandEnd> {
    const { command, delivery } = job;
    const { agents, routes } = this.deps;
    const memo = memoOf(delivery);
    while (memo.gone < MOST_GONE) {
      const place = await this.deps.places.of(job);
      const target = place.providerConversationId ?? (await this.open(job, place));
      if (typeof target !== 'string') return target;
      const found = await agents.of(job, target);
      if (found.kind === 'wait') return found;
      if (found.kind === 'target-gone' && found.code === 'forbidden') return refused(found.code, found.reason);
      if (found.kind === 'agents') {
        const present = found.agents.find((agent) => agent.agentId === agentId);
        const accepted = command.accepted || present?.state === 'accepted';
        const settled = {
          ...this.settled(job, place, target),
          assigneeKind: 'agent',
          assigneeId: agentId,
          accepted,
        } as const;
        const at = { providerConversationId: target, entryId: command.commandId, agentId, present };
        const end = await agents.put(job, at, command.accepted, settled);
        if (end.kind !== 'target-gone') return end;
        if (end.code !== 'conversation-closed') {
          if (!agents.refresh(job, end, agentId)) return refused(end.code, end.reason);
          return this.handOff(job);
        }
      }
      await routes.gone(delivery, command.conversationId, target);
      memo.place = undefined;
      memo.gone++;
    }
    return refused('conversation-closed', `the provider closed ${memo.gone} conversations before the hand-off`);
  }

  /**
   * Opens the next provider conversation in that queue and leaves the one before, whose agents are wrapped up: nothing is
   * left active behind a hand-off (guide 000, section 5). That they cannot be wrapped up does not undo it.
   */
  private async toQueue(job: CommandJob<HandOff>): Promise<CommandEnd> {
    const { command, delivery } = job;
    const { routes, wrapUps, calls } = this.deps;
    const memo = memoOf(delivery);
    memo.handOffFrom ??= await this.deps.places.of(job);
    const { providerConversationId: replaces, ...place } = memo.handOffFrom;
    const opening = await this.opening({
      ...this.wish(job, { ...place, lastGone: undefined }),
      routing: { ...wishOf(command) },
      replaces,
    });
    if (opening.kind !== 'opened') return opening;
    const { providerConversationId, replaced } = opening;
    let repeated = opening.possiblyRepeated;
    if (replaced !== undefined && replaced !== providerConversationId) {
      const early = await this.untilKnown(job, providerConversationId);
      if (early) return early;
      const end = await wrapUps.all(job, replaced, TRANSFERRED);
      if (end.kind === 'wait') return end;
      repeated ||= end.kind === 'wrapped-up' && end.possiblyRepeated;
      await routes.gone(delivery, command.conversationId, replaced);
    }
    const assigneeId = command.queueId ?? job.sender.queueId;
    const to = { assigneeKind: 'queue', assigneeId, accepted: false, repeated } as const;
    return calls.settle(delivery, command.commandId, { ...this.settled(job, place, providerConversationId), ...to });
  }

  /** The end of the conversation before comes by another topic: told first, it would end the session. */
  private async untilKnown({ command, delivery }: CommandJob<HandOff>, opened: string): Promise<Waits | undefined> {
    const memo = memoOf(delivery);
    memo.knownBy ??= Date.now() + KNOWN_WITHIN_MS;
    const { session } = await this.deps.routes.find(delivery, command);
    if (!session || session.providerConversationId === opened || Date.now() >= memo.knownBy) return undefined;
    return wait('session-state does not know the next conversation yet', Date.now() + LOOK_AGAIN_MS);
  }

  private settled(
    { command }: CommandJob<HandOff>,
    { session }: Pick<NumberedPlace, 'session'>,
    target: string,
  ): SettledCommand {
    const customerAuthenticated = command.customerAuthenticated ?? session?.customerAuthenticated ?? false;
    return { at: '', providerConversationId: target, customerAuthenticated, session: session?.session };
  }

  private async open(job: CommandJob<HandOff>, place: NumberedPlace): Promise<string | Refused | Waits> {
    const opening = await this.opening({ ...this.wish(job, place), routing: wishOf(job.command) });
    return opening.kind === 'opened' ? opening.providerConversationId : opening;
  }

  private async opening(wish: OpeningWish): Promise<Opened | Refused | Waits> {
    const opening = await this.deps.opener.open(wish);
    if (opening.kind === 'opened' || opening.kind === 'refused' || opening.kind === 'wait') return opening;
    throw new Error(`a hand-off knows neither window nor leave: ${opening.kind}`);
  }

  private wish(job: CommandJob<HandOff>, place: NumberedPlace) {
    const { command } = job;
    const gates = { priority: 'transactional' as const, refusal: () => expired(command) };
    return { ...job, parties: command, id: command.commandId, place, gates };
  }
}

function wishOf({ queueId, priority, skills }: HandOff) {
  return {
    ...(queueId !== undefined && { queueId }),
    ...(priority !== undefined && { priority }),
    ...(skills && { skills }),
  };
}
