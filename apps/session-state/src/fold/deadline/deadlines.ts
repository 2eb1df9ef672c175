import {
  factId,
  partiesOf,
  type Channel,
  type DeadlinePassed,
  type SessionSnapshot,
  type SessionStage,
} from '@heliograph/contracts';
import { wakesAt } from '../reply/held-messages.ts';
import { participantsOf, pendingAmong } from '../stage/participants.ts';
import { stageOf, stageSinceOf } from '../stage/stage-of.ts';

/** How long a session may stay in a stage before it is stuck there, and what is tried then. Milliseconds. */
export interface StageDeadlines {
  /** Of every stage but `closed`. Those of {@link IDLE_STAGES} count from the last activity, the others from their beginning. */
  readonly of: (stage: Exclude<SessionStage, 'closed'>, channel: Channel) => number;
  /** Until the first close command counts as without effect; twice as long for each further one. */
  readonly closingMs: number;
  /** How often `participant.accept` is given for an agent who was left pending. */
  readonly reasserts: number;
  /** How often `conversation.close` is given before the session is closed without the provider. */
  readonly closings: number;
  /** Wrap-up code of those close commands. */
  readonly closeCode: string;
}

/** Stages in which a session may stay for as long as something happens in it. */
const IDLE_STAGES: readonly SessionStage[] = ['opened', 'with-agent'];

export const endsByIdling = (stage: SessionStage): boolean => IDLE_STAGES.includes(stage);

/** The moment at which the session is stuck in its stage, or still is after the last try; undefined when it is closed. */
export function stageDeadline(state: SessionSnapshot, deadlines: StageDeadlines): number | undefined {
  const stage = stageOf(state);
  if (stage === 'closed') return undefined;
  const tries = triesOf(state);
  if (tries > 0) return Date.parse(state.stuckSince!) + waitAfter(tries, stage, deadlines, state.channel);
  return countsFrom(state) + deadlines.of(stage, state.channel);
}

/** How often something was tried since the stage, or the last agent to be waited for, began. */
export function triesOf(state: SessionSnapshot): number {
  const { stuckSince, stuckTries = 0 } = state;
  return stuckSince !== undefined && Date.parse(stuckSince) >= countsFrom(state) ? stuckTries : 0;
}

function countsFrom(state: SessionSnapshot): number {
  const stage = stageOf(state);
  let from = Date.parse(stageSinceOf(state));
  // One agent after the other may be alerted: each has its time to accept.
  if (stage === 'alerting')
    for (const { at } of pendingAmong(participantsOf(state))) from = Math.max(from, Date.parse(at));
  const active = endsByIdling(stage) ? Date.parse(state.lastActivityAt ?? '') : Number.NaN;
  return Number.isNaN(active) ? from : Math.max(from, active);
}

/** How long the last of so many tries may take, milliseconds. */
export function waitAfter(tries: number, stage: SessionStage, deadlines: StageDeadlines, channel: Channel): number {
  const { reasserts, closingMs } = deadlines;
  if (stage === 'alerting' && tries <= reasserts) return deadlines.of(stage, channel);
  const closings = stage === 'alerting' ? tries - reasserts : tries;
  return closingMs * 2 ** (closings - 1);
}

/** The next moment to look at a conversation: a stage's deadline, or a held message to be given again; undefined when there is none. */
export function nextDeadline(state: SessionSnapshot, deadlines: StageDeadlines): number | undefined {
  let next = stageDeadline(state, deadlines) ?? Infinity;
  for (const message of state.held ?? []) next = Math.min(next, wakesAt(message));
  return Number.isFinite(next) ? next : undefined;
}

/** A deadline that has passed, as an event to be. */
export interface PassedDeadline {
  readonly id: string;
  readonly data: DeadlinePassed;
}

/** What has passed by now, with ids that are the same until the state moves on. */
export function passedDeadlines(state: SessionSnapshot, deadlines: StageDeadlines, now: number): PassedDeadline[] {
  const parties = partiesOf(state);
  const passed: PassedDeadline[] = [];
  const due = stageDeadline(state, deadlines);
  if (due !== undefined && due <= now) {
    const [stage, since, at] = [stageOf(state), stageSinceOf(state), new Date(due).toISOString()];
    const id = factId(JSON.stringify([state.conversationId, state.session, stage, since, at]));
    passed.push({ id, data: { ...parties, deadline: 'stage', stage, since, at } });
  }
  for (const message of state.held ?? []) {
    if (wakesAt(message) > now) continue;
    const { messageId } = message.command;
    const at = new Date(wakesAt(message)).toISOString();
    // With the number: a message that the dispatcher holds once more wakes once more.
    const id = factId(JSON.stringify([state.conversationId, 'hold', messageId, at, state.sequence]));
    passed.push({ id, data: { ...parties, deadline: 'hold', messageId, at } });
  }
  return passed;
}
