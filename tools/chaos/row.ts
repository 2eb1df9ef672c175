import type { Tally } from './judge/evidence.ts';
import { isClean } from './judge/judge.ts';
import type { Strike } from './load/in-flight.ts';
import { LEAST_IN_FLIGHT } from './run/trial.ts';

/** A line of the table. What a row must say comes first; the rest is for whoever looks closer. */
export interface Row {
  scenario: string;
  in: number;
  done: number;
  skipped: number;
  dead: number;
  lost: number;
  repeatedSilent: number;
  repeatedMarked: number;
  swapped: number;
  throttled: number;
  /** From a fault until all that was in flight when it struck has ended; the longest that no other fault prolonged. */
  recoverySeconds: number;
  /** The fewest of any fault of the row. */
  inFlightAtFault: number;
  sentAfterWaking: number;
  unresolved: number;
  contradicted: number;
  misnumbered: number;
  unkept: number;
  faults: number;
  /** Processes that ended by themselves and were started again, as an orchestrator would. */
  restarted: number;
  seconds: number;
  /** Why it does not count, or what else went wrong with the row itself. */
  problem: string | null;
  findings: string[];
}

export interface RowParts {
  scenario: string;
  tally: Tally;
  strikes: readonly Strike[];
  restarted: number;
  /** Milliseconds since the epoch. */
  began: number;
  ended: number;
  failure?: Error;
}

export function rowOf({ scenario, tally, strikes, restarted, began, ended, failure }: RowParts): Row {
  const inFlightAtFault = Math.min(...strikes.map((strike) => strike.inFlight));
  const { done, skipped, dead, lost, repeatedSilent, repeatedMarked, swapped, throttled, ...more } = tally;
  const { sentAfterWaking, unresolved, contradicted, misnumbered, unkept, findings } = more;
  return {
    scenario,
    in: tally.in,
    done,
    skipped,
    dead,
    lost,
    repeatedSilent,
    repeatedMarked,
    swapped,
    throttled,
    recoverySeconds: tenths(longestRecovery(strikes, ended)),
    inFlightAtFault: strikes.length === 0 ? 0 : inFlightAtFault,
    sentAfterWaking,
    unresolved,
    contradicted,
    misnumbered,
    unkept,
    faults: strikes.length,
    restarted,
    seconds: tenths(ended - began),
    problem: problemOf(strikes, failure),
    findings,
  };
}

/** Of the faults that were over before the next one struck, and of the last one: the others cannot be told apart. */
function longestRecovery(strikes: readonly Strike[], ended: number): number {
  const recoveries = strikes.map(({ at, recoveredAt = ended }, index) => {
    return recoveredAt <= (strikes[index + 1]?.at ?? Infinity) ? recoveredAt - at : 0;
  });
  return Math.max(0, ...recoveries);
}

function problemOf(strikes: readonly Strike[], failure: Error | undefined): string | null {
  if (failure) return failure.message;
  if (strikes.length === 0) return 'does not count: no fault struck';
  const few = strikes.find(({ inFlight }) => inFlight < LEAST_IN_FLIGHT);
  return few ? `does not count: only ${few.inFlight} were in flight (${few.what})` : null;
}

/** Whether a row counts and shows nothing wrong. */
export const isGood = (row: Row): boolean => row.problem === null && isClean(row);

const tenths = (ms: number): number => Math.round(ms / 100) / 10;
