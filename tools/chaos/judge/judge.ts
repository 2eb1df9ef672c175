import { judgeCommands } from './commands.ts';
import { judgeEvents } from './events.ts';
import { sumOf, type Evidence, type Tally } from './evidence.ts';
import { judgeNumbers } from './timeline.ts';

/** Holds what went in against what came out, and what came out against its own contract. */
export function judge(evidence: Evidence): Tally {
  return sumOf([...judgeCommands(evidence), ...judgeEvents(evidence), judgeNumbers(evidence.entries)]);
}

/** What a row must not have. */
export function isClean({
  lost,
  repeatedSilent,
  swapped,
  contradicted,
  misnumbered,
  unkept,
}: Omit<Tally, 'findings'>): boolean {
  return lost + repeatedSilent + swapped + contradicted + misnumbered + unkept === 0;
}
