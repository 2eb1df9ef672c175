/** A part that ends at one of these ends at a good place, if it is not much shorter than it could be. */
const PARAGRAPH_END = /\n\s*\n|\n/g;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
const sentences = new Intl.Segmenter('und', { granularity: 'sentence' });
const words = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * Cuts a text into parts that fit, in order, which together are the text. It is cut behind a paragraph, else a sentence, else
 * a word, else between two graphemes (UAX 29), never inside one.
 *
 * @param fits must hold for every beginning of a text that it holds for
 * @returns undefined when a single grapheme does not fit
 */
export function splitText(text: string, fits: (part: string) => boolean): string[] | undefined {
  if (fits(text)) return [text];
  const cuts = [...graphemes.segment(text)].map(({ index, segment }) => index + segment.length);
  const parts: string[] = [];
  let start = 0;
  let next = 0;
  while (start < text.length) {
    const last = lastFitting(cuts, next, (end) => fits(text.slice(start, end)));
    if (last === undefined) return undefined;
    const end = cuts[last] === text.length ? text.length : bestCut(text, start, cuts.slice(next, last + 1));
    parts.push(text.slice(start, end));
    next = cuts.indexOf(end, next) + 1;
    start = end;
  }
  return parts;
}

/** Index of the farthest cut that fits, by bisection, from index `from` on. */
function lastFitting(cuts: readonly number[], from: number, fits: (end: number) => boolean): number | undefined {
  let low = from - 1;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(cuts[middle]!)) low = middle;
    else high = middle - 1;
  }
  return low < from ? undefined : low;
}

/** The best of the cuts, all of which fit: a paragraph's or sentence's end in the second half, else any word's, else the last. */
function bestCut(text: string, start: number, cuts: readonly number[]): number {
  const farthest = cuts.at(-1)!;
  const usable = new Set(cuts);
  // What follows the farthest cut shows whether that one is a boundary, too.
  const part = text.slice(start, farthest + 1);
  const lastOf = (ends: Iterable<number>, from: number): number | undefined => {
    let best: number | undefined;
    for (const end of ends) if (start + end > from && usable.has(start + end)) best = start + end;
    return best;
  };
  const half = start + (farthest - start) / 2;
  return (
    lastOf(paragraphEnds(part), half) ??
    lastOf(starts(sentences, part), half) ??
    lastOf(wordStarts(part), start) ??
    farthest
  );
}

function* paragraphEnds(part: string): Iterable<number> {
  for (const { index, 0: end } of part.matchAll(PARAGRAPH_END)) yield index + end.length;
}

function* starts(segmenter: Intl.Segmenter, part: string): Iterable<number> {
  for (const { index } of segmenter.segment(part)) yield index;
}

/** Where a word or number begins: blanks and punctuation stay with what is before them. */
function* wordStarts(part: string): Iterable<number> {
  for (const { index, isWordLike } of words.segment(part)) if (isWordLike) yield index;
}
