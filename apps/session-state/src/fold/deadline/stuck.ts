import type { DeadlinePassed, SessionSnapshot } from '@heliograph/contracts';
import { acceptCommand, closeCommand, commandPlace, type Command } from '../commands.ts';
import type { Effect, EffectContext } from '../effect.ts';
import { stuckEntry } from '../entries.ts';
import type { Fact } from '../facts.ts';
import { closedAtProvider } from '../provider-conversation.ts';
import { releaseDue } from '../reply/held-messages.ts';
import { hasAccepted, participantsOf, pendingAmong } from '../stage/participants.ts';
import { inStage } from '../stage/stage-change.ts';
import { stageOf, stageSinceOf } from '../stage/stage-of.ts';
import { stageDeadline, triesOf, waitAfter } from './deadlines.ts';

type DeadlineFact = Fact & { data: DeadlinePassed };

/** What is done about a session that is stuck; part of the `session.stuck` entry. */
export type StuckAction =
  | 're-assert'
  | 'close'
  /** The agent who never accepted is no part of it any more; another one has it. */
  | 'leave-out'
  /** The provider could not be made to close it, so the session ends without it. */
  | 'give-up';

/** Reasons of `session.closed` for sessions that nobody closed. */
export const IDLE = 'idle';
export const STUCK = 'stuck';

const MOVED_ON: Effect = { stale: 'moved-on' };

/** A deadline that has passed; nothing when the state has moved on since. */
export function deadlinePassed(state: SessionSnapshot, fact: DeadlineFact, context: EffectContext): Effect {
  if (fact.data.deadline === 'hold') return holdPassed(state, fact, context);
  if (!stands(state, fact.data, context)) return MOVED_ON;
  if (stageOf(state) === 'opened' && !isOpenAtProvider(state)) {
    return { state, ownEntry: true, closes: IDLE };
  }
  return stuck(state, fact, context);
}

function holdPassed(state: SessionSnapshot, fact: DeadlineFact, { at }: EffectContext): Effect {
  const released = releaseDue(state, fact, at);
  if (!released) return MOVED_ON;
  return { state: released.state, ownEntry: true, following: released.entries, commands: released.commands };
}

function stands(state: SessionSnapshot, { stage, since, at }: DeadlinePassed, { rules }: EffectContext): boolean {
  if (stageOf(state) !== stage || stageSinceOf(state) !== since) return false;
  const due = stageDeadline(state, rules.deadlines);
  return due !== undefined && due <= Date.parse(at);
}

/** Nobody has to be told of a session in which we only wrote, and the customer and the provider were silent. */
function isOpenAtProvider({ providerConversationId, lastCustomerMessageAt, openedAt }: SessionSnapshot): boolean {
  if (providerConversationId === undefined || lastCustomerMessageAt === undefined) return false;
  return Date.parse(lastCustomerMessageAt) >= Date.parse(openedAt ?? '');
}

function stuck(state: SessionSnapshot, fact: DeadlineFact, { now, moment, at, rules }: EffectContext): Effect {
  const { deadlines } = rules;
  const stage = stageOf(state);
  const tries = triesOf(state) + 1;
  const pending = pendingAmong(participantsOf(state));
  const action = actionFor(state, tries, deadlines);
  const following = [stuckEntry(fact, { stage, since: stageSinceOf(state), action, tries }, at)];
  if (action === 'give-up') {
    return { state: closedAtProvider(state, state.providerConversationId), ownEntry: true, following, closes: STUCK };
  }
  if (action === 'leave-out') {
    const participants = participantsOf(state).filter((participant) => !pending.includes(participant));
    const next = inStage({ ...state, participants }, 'with-agent', moment);
    return { state: next, ownEntry: true, following, leaves: stage };
  }
  const validity = { now, expiresAt: now + waitAfter(tries, stage, deadlines, state.channel) };
  const commands: Command[] =
    action === 'close'
      ? [closeCommand(commandPlace(fact), state, deadlines.closeCode, validity)]
      : pending.map(({ agentId }, place) => acceptCommand(commandPlace(fact, place), state, agentId, validity));
  const stuckSince = new Date(now).toISOString();
  return { state: { ...state, stuckSince, stuckTries: tries }, ownEntry: true, following, commands };
}

/** @param tries the number of this one */
function actionFor(
  state: SessionSnapshot,
  tries: number,
  { reasserts, closings }: EffectContext['rules']['deadlines'],
): StuckAction {
  const isAlerting = stageOf(state) === 'alerting';
  const participants = participantsOf(state);
  const again = isAlerting && pendingAmong(participants).length > 0 ? reasserts : 0;
  if (tries <= again) return 're-assert';
  if (isAlerting && hasAccepted(participants)) return 'leave-out';
  return tries - (isAlerting ? reasserts : 0) <= closings ? 'close' : 'give-up';
}
