import { isProblem, type ReadRow, type Row, type RowProblem, type RowReader } from '../src/uploads/reading/row.ts';

/** Everything a reader makes of a text in pieces. */
export function readPieces(reader: RowReader, pieces: readonly string[]): { rows: Row[]; problems: RowProblem[] } {
  const all: ReadRow[] = [];
  for (const piece of pieces) all.push(...reader.push(piece));
  all.push(...reader.end());
  return { rows: all.filter((one): one is Row => !isProblem(one)), problems: all.filter(isProblem) };
}

/** A text, cut at places that follow from numbers from 0 to 1. */
export function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => Math.floor(place * text.length)))].sort((a, b) => a - b);
  const ends = [...at, text.length];
  return ends.map((end, index) => text.slice(index === 0 ? 0 : ends[index - 1], end));
}
