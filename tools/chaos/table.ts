import type { Row } from './row.ts';

/** What the table shows, with the heading of each column. */
const COLUMNS = {
  scenario: 'scenario',
  in: 'in',
  done: 'done',
  skipped: 'skipped',
  dead: 'dead',
  lost: 'lost',
  repeatedSilent: 'repeated (silent)',
  repeatedMarked: 'repeated (marked)',
  swapped: 'swapped',
  throttled: '429',
  recoverySeconds: 'recovery s',
  sentAfterWaking: 'after waking',
  inFlightAtFault: 'in flight',
} as const satisfies Partial<Record<keyof Row, string>>;
const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

/** The rows for people: columns aligned, numbers to the right, and below a row what is wrong with it. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [Object.values<string>(COLUMNS), ...rows.map((row) => NAMES.map((name) => String(row[name])))];
  const widths = NAMES.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const aligned = lines.map((line) =>
    line
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  '),
  );
  const [heading, ...shown] = aligned;
  return [heading, ...shown.flatMap((line, index) => [line, ...remarks(rows[index]!)])].join('\n');
}

function remarks({ problem, findings, contradicted, misnumbered, unkept }: Row): string[] {
  const further = Object.entries({ contradicted, misnumbered, unkept }).filter(([, count]) => count > 0);
  const counts = further.map(([name, count]) => `${name}: ${count}`);
  return [...(problem === null ? [] : [problem]), ...counts, ...findings].map((line) => `    ${line}`);
}

/** What became of a row, while others still run. */
export function lineOf(row: Row): string {
  const { done, skipped, dead, lost, repeatedSilent, swapped, seconds, recoverySeconds } = row;
  const ends = `${row.in} in, ${done} done, ${skipped} skipped, ${dead} dead`;
  const wrong = `${lost} lost, ${repeatedSilent} silently repeated, ${swapped} swapped`;
  return `${ends}; ${wrong}; recovered within ${recoverySeconds} s, took ${seconds} s`;
}

/** The last line of a run. */
export function summaryLine(rows: readonly Row[], good: number, seed: number, took: string): string {
  const bad = rows.length - good;
  const verdict = bad === 0 ? 'nothing lost, swapped or silently repeated' : `${bad} not good`;
  return `chaos: ${rows.length} rows, ${verdict}, seed ${seed}, ${took}`;
}
