/** Something that came out, with when it went in: from the moment it was offered until it was certainly in. */
export interface Placed {
  readonly key: string;
  readonly name: string;
  readonly from: number;
  readonly until: number;
}

/**
 * Those that came out behind something of their key that went in wholly later. What went in at overlapping times has no
 * order that could be kept.
 *
 * @param out in the order in which they came out, each once
 */
export function swappedOf(out: Iterable<Placed>): Placed[] {
  const latest = new Map<string, number>();
  const swapped: Placed[] = [];
  for (const item of out) {
    const before = latest.get(item.key) ?? -Infinity;
    if (before > item.until) swapped.push(item);
    latest.set(item.key, Math.max(before, item.from));
  }
  return swapped;
}
