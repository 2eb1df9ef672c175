import type {
  ConversationAssigned,
  ConversationHandedOff,
  SessionParticipant,
  SessionSnapshot,
} from '@heliograph/contracts';
import type { Fact } from '../facts.ts';
import { haveAllWrappedUp, participantsOf, pendingAmong, withParticipant } from './participants.ts';
import { stageOf } from './stage-of.ts';
import type { StageEvent } from './stage-table.ts';

/** What a fact says of who has the conversation: the state with it, and what it is for the stage. */
export interface Involvement {
  readonly state: SessionSnapshot;
  readonly event?: StageEvent;
  /** The state has moved on since it happened. */
  readonly late?: true;
}

const late = (state: SessionSnapshot): Involvement => ({ state, late: true });

/** @param moment when the fact happened, milliseconds */
export function involvementOf(state: SessionSnapshot, fact: Fact, moment: number): Involvement {
  switch (fact.type) {
    case 'message.received':
      return { state, event: 'customer-wrote' };
    case 'conversation.assigned':
      return isLate(state, moment) ? late(state) : assigned(state, fact.data, moment);
    case 'provider-conversation.changed':
      if (fact.data.state === 'closed') return { state };
      if (isLate(state, moment)) return late(state);
      return fact.data.state === 'queued' ? { state: unclaimed(state), event: 'queued' } : active(state, moment);
    case 'conversation.handed-off':
      return handedOff(state, fact.data, moment);
    case 'participant.accepted':
      return accepted(state, fact.data.agentId, moment);
    case 'participant.wrapped-up':
      return wrappedUp(state, fact.data.agentId, moment);
    case 'conversation.closed':
      return { state: withAllWrappedUp(state, fact.data.wrappedUp, moment) };
    default:
      return { state };
  }
}

/**
 * Whether the provider tells of something that came before the present stage. Its events have one clock, and ours that tell of
 * its answers are later than what it says of the same; a session that has just begun may have begun with either.
 */
function isLate(state: SessionSnapshot, moment: number): boolean {
  return stageOf(state) !== 'opened' && moment < Date.parse(state.stageSince ?? '');
}

/** An assignment takes it from whoever had not accepted it. */
function assigned(state: SessionSnapshot, data: ConversationAssigned, moment: number): Involvement {
  const { assigneeKind, assigneeId } = data;
  const next = { ...unclaimed(state, assigneeKind === 'agent' ? assigneeId : undefined), assigneeKind, assigneeId };
  if (assigneeKind === 'queue') return { state: next, event: 'queued' };
  if (assigneeKind === 'bot') return { state: next, event: 'bot-took' };
  return alerted(next, assigneeId, moment);
}

function handedOff(state: SessionSnapshot, data: ConversationHandedOff, moment: number): Involvement {
  const { assigneeKind, assigneeId } = data;
  if (assigneeKind === 'queue') return { state: { ...unclaimed(state), assigneeKind, assigneeId }, event: 'queued' };
  const next = { ...state, assigneeKind, assigneeId };
  return data.accepted ? accepted(next, assigneeId, moment) : alerted(next, assigneeId, moment);
}

/** The provider or a command of ours may tell first of an agent whom the other one tells of, too. */
function alerted(state: SessionSnapshot, agentId: string, moment: number): Involvement {
  const known = knownAs(state, agentId);
  if (known?.state === 'accepted') return joined(state);
  if (isOver(known, moment)) return late(state);
  return { state: withState(state, agentId, 'pending', moment), event: 'agent-alerted' };
}

function accepted(state: SessionSnapshot, agentId: string, moment: number): Involvement {
  if (isOver(knownAs(state, agentId), moment)) return late(state);
  return joined({ ...withState(state, agentId, 'accepted', moment), lastAgentId: agentId });
}

function joined(state: SessionSnapshot): Involvement {
  const isPending = pendingAmong(participantsOf(state)).length > 0;
  return { state, event: isPending ? 'agent-alerted' : 'agent-joined' };
}

/** Guide 000, section 5: the provider does not call it active before the agent has accepted. */
function active(state: SessionSnapshot, moment: number): Involvement {
  let next = state;
  for (const { agentId } of pendingAmong(participantsOf(state))) {
    next = { ...withState(next, agentId, 'accepted', moment), lastAgentId: agentId };
  }
  return { state: next, event: 'active' };
}

function wrappedUp(state: SessionSnapshot, agentId: string, moment: number): Involvement {
  const known = knownAs(state, agentId);
  if (known && moment < Date.parse(known.at)) return late(state);
  const next = withState(state, agentId, 'wrapped-up', moment);
  return { state: next, ...(haveAllWrappedUp(participantsOf(next)) && { event: 'wrapped-up' as const }) };
}

/** A close command wraps up whoever has not done so. */
function withAllWrappedUp(state: SessionSnapshot, agentIds: readonly string[], moment: number): SessionSnapshot {
  const known = agentIds.filter((agentId) => knownAs(state, agentId));
  return known.reduce((next, agentId) => withState(next, agentId, 'wrapped-up', moment), state);
}

/** Wrapped up since then: what is told of an earlier portion of the session. */
const isOver = (known: SessionParticipant | undefined, moment: number): boolean =>
  known?.state === 'wrapped-up' && moment < Date.parse(known.at);

const knownAs = (state: SessionSnapshot, agentId: string): SessionParticipant | undefined =>
  participantsOf(state).find((participant) => participant.agentId === agentId);

function withState(
  state: SessionSnapshot,
  agentId: string,
  as: SessionParticipant['state'],
  moment: number,
): SessionSnapshot {
  const changed = { agentId, state: as, at: new Date(moment).toISOString() };
  return { ...state, participants: withParticipant(participantsOf(state), changed) };
}

/** @param except stays pending when this one is */
function unclaimed(state: SessionSnapshot, except?: string): SessionSnapshot {
  const pending = pendingAmong(participantsOf(state)).filter(({ agentId }) => agentId !== except);
  if (pending.length === 0) return state;
  const participants = participantsOf(state).filter((participant) => !pending.includes(participant));
  return { ...state, participants };
}
