import type { SessionSnapshot, SessionStage } from '@heliograph/contracts';
import type { Command } from './commands.ts';
import type { Draft } from './entries.ts';
import type { Fact } from './facts.ts';
import type { FoldRules } from './rules.ts';

/** What effects are computed from besides state and fact. */
export interface EffectContext {
  readonly now: number;
  /** When the fact happened, never later than now: milliseconds, and as ISO 8601. */
  readonly moment: number;
  readonly at: string;
  readonly rules: FoldRules;
}

/** What a fact does to the state, apart from opening sessions and from what the stage table says. */
export type Effect =
  | {
      readonly state: SessionSnapshot;
      /** False: the state remembers the fact, but it gets its entry later. */
      readonly ownEntry: boolean;
      /** The fact as the timeline shows it, where that is not as it came. */
      readonly shown?: Fact;
      /** Entries that follow the fact's own. */
      readonly following?: readonly Draft[];
      readonly commands?: readonly Command[];
      /** The stage that the effect itself has left. */
      readonly leaves?: SessionStage;
      /** The session ends with it, for this reason. */
      readonly closes?: string;
      /** A payload that nothing is configured for. */
      readonly unmatchedReply?: true;
    }
  | { readonly stale: string };
