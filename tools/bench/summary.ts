import type { Row } from './row.ts';
import { figure } from './table.ts';

/** What the last line names, when it was measured. */
const HEADLINES = [
  'ingress requests, 64 connections',
  'dedup-router records',
  'session-state records',
  'outbound-dispatcher sends, provider 0 ms',
  '20 numbers, sends in saturation',
  'webhook → timeline p99, 100/s',
  'command → provider p99, 100/s',
];

/** The last line of the output. */
export function summaryLine(rows: readonly Row[], took: string): string {
  const headlines = HEADLINES.flatMap((name) => rows.filter((row) => row.name === name)).map(inWords);
  return `bench: ${[`${rows.length} rows`, ...headlines, took].join('; ')}`;
}

function inWords({ name, median, unit, ratio }: Row): string {
  const ofFloor = ratio === null ? '' : ` (${ratio.toFixed(2)} of the floor)`;
  return `${name}: ${figure(median)} ${unit}${ofFloor}`;
}
