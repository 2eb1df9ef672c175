/** "The exact strings defined in the API spec" (guide 004, "Invalid content type"). */
export const GUIDE_CONTENT_TYPES = [
  'text',
  'image',
  'audio',
  'video',
  'file',
  'quick-reply',
  'card',
  'location',
] as const;
export type GuideContentType = (typeof GUIDE_CONTENT_TYPES)[number];

export const isGuideContentType = (type: string): type is GuideContentType =>
  (GUIDE_CONTENT_TYPES as readonly string[]).includes(type);

/** The one that was probably meant: the fewest letters to change, without regard to case and signs ("quickreply", "QuickReply"). */
export function nearestContentType(type: string): GuideContentType {
  const plain = lettersOf(type);
  const distances = GUIDE_CONTENT_TYPES.map((known) => editDistance(plain, lettersOf(known)));
  return GUIDE_CONTENT_TYPES[distances.indexOf(Math.min(...distances))]!;
}

/** Longer ones are no misspellings, and the comparison takes time by their length. */
const LONGEST = 32;
const lettersOf = (type: string): string =>
  type
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .slice(0, LONGEST);

/** Letters to be inserted, taken out or replaced (Levenshtein), row by row. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = above[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[to.length]!;
}
