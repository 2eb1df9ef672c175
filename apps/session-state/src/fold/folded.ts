import type { SessionSnapshot, TimelineEntry } from '@heliograph/contracts';
import type { Command } from './commands.ts';
import type { Position } from './positions.ts';
import type { FoldRules } from './rules.ts';
import type { EndedSession } from './session-life.ts';
import type { IgnoredEvent } from './stage/stage-change.ts';

export interface FoldContext {
  /** Where the fact was read. */
  readonly position: Position;
  /** Milliseconds. The only clock of the fold: the same arguments give the same result. */
  readonly now: number;
  readonly rules: FoldRules;
}

/** What a fact gives. */
export interface Result {
  readonly state: SessionSnapshot;
  readonly entries: TimelineEntry[];
  /** To be published behind the entries. */
  readonly commands: readonly Command[];
  /** The session that is over with it, to be archived. */
  readonly archives?: EndedSession;
  /** Of the sessions up to this one nothing is to be left. */
  readonly erases?: number;
}

export type Folded =
  | (Result & {
      /** What of the fact changed nothing, for whoever counts. */
      readonly ignored?: IgnoredEvent;
      readonly unmatchedReply?: true;
    })
  /** The fact changes nothing, for a reason worth counting. */
  | { readonly skipped: string };
