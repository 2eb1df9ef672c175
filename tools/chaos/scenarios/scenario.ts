import type { Part } from '../judge/evidence.ts';
import type { LoadPlan } from '../load/load.ts';
import type { Needs } from '../run/stage.ts';
import type { Trial } from '../run/trial.ts';

/** One row of the table: a fault, and how it strikes a system under load. */
export interface Scenario {
  readonly name: string;
  readonly does: string;
  readonly needs: Needs;
  readonly load?: Partial<LoadPlan>;
  /** Part of a short run. */
  readonly isShort?: true;
  /** Before the first record. */
  readonly prepare?: (trial: Trial) => Promise<unknown>;
  readonly attack: (trial: Trial) => Promise<unknown>;
  /** Looks where the common judges do not, when all has ended. */
  readonly alsoJudge?: (trial: Trial) => Promise<Part>;
}
