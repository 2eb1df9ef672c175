import type { Row, Unit } from './row.ts';

const COLUMNS = ['name', 'unit', 'median', 'min', 'max', 'floor', 'ratio'] as const;

/** The rows for people, columns aligned, numbers to the right. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) => COLUMNS.map((column) => cellOf(row[column], row.unit)));
  const all = [[...COLUMNS], ...cells];
  const widths = COLUMNS.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)));
  return all.map((line) => line.map((cell, column) => aligned(cell, column, widths)).join('  ')).join('\n');
}

function aligned(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0;
  return column < 2 ? cell.padEnd(width) : cell.padStart(width);
}

function cellOf(value: string | number | null, unit: Unit): string {
  if (value === null) return '-';
  if (unit === 'count') return String(value);
  return typeof value === 'number' ? figure(value) : value;
}

/** As many digits as can be told apart: whole numbers from 100 on, grouped by thousands. */
export function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
