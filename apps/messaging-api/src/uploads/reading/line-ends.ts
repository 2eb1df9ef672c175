/** A line ends with LF, CR LF or CR. */
const LINE_END = /\r\n|\r|\n/g;

/** @returns where the first line end at or behind `from` begins; undefined when there is none */
export function nextLineEnd(text: string, from: number): number | undefined {
  LINE_END.lastIndex = from;
  return LINE_END.exec(text)?.index;
}

/** @param at where a line end begins @returns where the next line begins; undefined while an LF may still come to a last CR */
export function behindLineEnd(text: string, at: number, isEnd: boolean): number | undefined {
  if (text[at] === '\n') return at + 1;
  if (at + 1 === text.length) return isEnd ? at + 1 : undefined;
  return text[at + 1] === '\n' ? at + 2 : at + 1;
}

export const countLineEnds = (text: string): number => text.match(LINE_END)?.length ?? 0;
