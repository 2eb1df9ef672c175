/** One row of a file: what stands in its columns. */
export interface Row {
  /** Line of the file on which it began, from 1. */
  readonly line: number;
  /** Undefined when it has no such column. */
  get(column: string): unknown;
}

/** What is wrong with one row. Shows nothing of its content. */
export interface RowProblem {
  readonly line: number;
  /** The column. */
  readonly field?: string;
  /** Stable, for programs. */
  readonly code: string;
  /** For people. */
  readonly reason: string;
}

export type ReadRow = Row | RowProblem;
export const isProblem = (read: ReadRow): read is RowProblem => 'code' in read;

/** Makes rows of a text that comes in pieces, however they are cut. What cannot be read of it costs its own line alone. */
export interface RowReader {
  push(text: string): Iterable<ReadRow>;
  /** Nothing comes after this. */
  end(): Iterable<ReadRow>;
}

/** Most characters of a row. */
export const ROW_CHARACTERS = 65_536;
/** Read from when so many have come: a row is then looked at once or twice, in however small pieces it comes. */
export const GATHERED = 2 * ROW_CHARACTERS;

export const EMPTY_ROW = { code: 'empty-row', reason: 'is empty' };
export const TOO_LONG = { code: 'row-too-long', reason: `has more than ${ROW_CHARACTERS} characters` };
export const BROKEN_ENCODING = {
  code: 'broken-encoding',
  reason:
    'has bytes that are no character of the file\'s charset; name the right one, for example "Content-Type: text/csv; charset=windows-1252"',
};

/** What stands for bytes that are no character. */
export const NO_CHARACTER = '\uFFFD';
