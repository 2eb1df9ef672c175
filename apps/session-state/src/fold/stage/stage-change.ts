import type { SessionSnapshot, SessionStage } from '@heliograph/contracts';
import type { Fact } from '../facts.ts';
import { involvementOf } from './involvement.ts';
import { stageOf } from './stage-of.ts';
import { stageStep } from './stage-table.ts';

/** An event that changed nothing: told too late, or impossible in its stage. Worth counting. */
export interface IgnoredEvent {
  readonly stage: SessionStage;
  /** Event of the stage table, or the fact's type where it did not come that far. */
  readonly event: string;
  readonly reason: 'late' | 'impossible';
}

export interface StageChange {
  readonly state: SessionSnapshot;
  /** The stage that was left; undefined when it is still the same. */
  readonly from?: SessionStage;
  readonly ignored?: IgnoredEvent;
}

/** When a fact happened (milliseconds), and whether it is about a provider conversation that is closed. */
export interface StageContext {
  readonly moment: number;
  readonly isOutdated?: boolean;
}

/**
 * Takes a fact into the stage and the participants of its session. Nothing changes in a session that is closed, nor by a fact
 * that is late or impossible.
 */
export function stageChangeOf(state: SessionSnapshot, fact: Fact, { moment, isOutdated }: StageContext): StageChange {
  const stage = stageOf(state);
  const { state: next, event, late } = involvementOf(state, fact, moment);
  if (next === state && !event && !late) return { state };
  if (stage === 'closed') return refused(state, event ?? fact.type, 'impossible');
  if (late || isOutdated) return refused(state, fact.type, 'late');
  if (!event) return { state: next };
  const to = stageStep(stage, event);
  if (to === undefined) return refused(state, event, 'impossible');
  return to === stage ? { state: next } : { state: inStage(next, to, moment), from: stage };
}

function refused(state: SessionSnapshot, event: string, reason: IgnoredEvent['reason']): StageChange {
  return { state, ignored: { stage: stageOf(state), event, reason } };
}

/** A session that enters a stage is not stuck in it. */
export function inStage(state: SessionSnapshot, stage: SessionStage, moment: number): SessionSnapshot {
  const stageSince = new Date(moment).toISOString();
  return { ...state, stage, stageSince, stuckSince: undefined, stuckTries: undefined };
}
