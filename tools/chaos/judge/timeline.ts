import { named, type EntryOut, type Part } from './evidence.ts';
import { swappedOf } from './order.ts';

/** Each number of each conversation as it was first read: what the contract lets a reader keep. */
export function withoutRedeliveries(entries: readonly EntryOut[]): EntryOut[] {
  const seen = new Set<string>();
  return entries.filter(({ conversationId, sequence }) => {
    const place = `${conversationId} ${sequence}`;
    return !seen.has(place) && seen.add(place);
  });
}

/** Holds the timeline against its own contract: numbers without gaps, each given once, facts once, in order. */
export function judgeNumbers(entries: readonly EntryOut[]): Part {
  const factOf = new Map<string, string>();
  const numbersOf = new Map<string, Set<string>>();
  const usedTwice: string[] = [];
  for (const { conversationId, sequence, factId } of entries) {
    const place = `${conversationId} ${sequence}`;
    const fact = factOf.get(place) ?? factId;
    if (fact !== factId) usedTwice.push(`${place} for ${fact} and ${factId}`);
    factOf.set(place, fact);
    numbersOf.set(factId, (numbersOf.get(factId) ?? new Set()).add(place));
  }
  const twice = [...numbersOf]
    .filter(([, places]) => places.size > 1)
    .map(([id, p]) => `${id} as ${[...p].join(', ')}`);
  const first = withoutRedeliveries(entries);
  const gaps = gapsIn(first);
  const behind = swappedOf(
    first.map(({ conversationId: key, sequence }) => ({
      key,
      name: `${key} ${sequence}`,
      from: sequence,
      until: sequence,
    })),
  );
  return {
    misnumbered: usedTwice.length + gaps.length,
    repeatedSilent: twice.length,
    swapped: behind.length,
    findings: [
      ...named('number used twice', usedTwice),
      ...named('number missing', gaps),
      ...named('fact twice on the timeline', twice),
      ...named(
        'number behind a later one',
        behind.map(({ name }) => name),
      ),
    ],
  };
}

function gapsIn(entries: readonly EntryOut[]): string[] {
  const numbers = Map.groupBy(entries, ({ conversationId }) => conversationId);
  return [...numbers].flatMap(([conversation, all]) => {
    const present = new Set(all.map(({ sequence }) => sequence));
    const last = Math.max(...present);
    const missing = Array.from({ length: last }, (_, index) => index + 1).filter((number) => !present.has(number));
    return missing.map((number) => `${conversation} ${number} of ${last}`);
  });
}
