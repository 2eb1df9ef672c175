/** The name that a misspelt one most likely stands for; undefined when none is near. */
export function nearestName(given: string, names: readonly string[]): string | undefined {
  const wanted = plain(given);
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(wanted, plain(name)) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.min(3, Math.floor(wanted.length / 3)) ? best.name : undefined;
}

/** `: did you mean "quick-reply"?`, or nothing. */
export function suggestion(given: string, names: readonly string[]): string {
  const nearest = nearestName(given, names);
  return nearest === undefined ? '' : `: did you mean "${nearest}"?`;
}

/** Case, hyphens and underscores are what people get wrong first. No name is longer than this. */
const plain = (name: string): string =>
  name
    .slice(0, 40)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');

/** Characters to add, take away or exchange (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, character] of [...a].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= b.length; at++) {
      const exchanged = row[at - 1]! + (character === b[at - 1] ? 0 : 1);
      next.push(Math.min(exchanged, row[at]! + 1, next[at - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}
