import { GSM_SEPTETS } from './gsm-alphabet.ts';

export interface SmsSegments {
  /** One character outside the GSM alphabet makes the whole message UCS-2. */
  readonly encoding: 'GSM-7' | 'UCS-2';
  /** Septets, or UTF-16 units. */
  readonly units: number;
  /** What the message is sent, and charged, as; at least 1. */
  readonly segments: number;
}

/** Units of a message that is one segment, and of each segment of several: those give 7 septets to the concatenation header. */
const ROOM = { 'GSM-7': { alone: 160, each: 153 }, 'UCS-2': { alone: 70, each: 67 } } as const;

/**
 * How an SMS is encoded and how many segments it takes. Neither an escaped character nor a surrogate pair is torn apart by a
 * segment's end, so a segment may have a unit to spare. Without national language tables.
 */
export function smsSegments(text: string): SmsSegments {
  const characters = [...text];
  const encoding = characters.every((character) => GSM_SEPTETS.has(character)) ? 'GSM-7' : 'UCS-2';
  const costOf = (character: string): number => (encoding === 'GSM-7' ? GSM_SEPTETS.get(character)! : character.length);
  const { alone, each } = ROOM[encoding];
  let units = 0;
  let segments = 1;
  let filled = 0;
  for (const character of characters) {
    const cost = costOf(character);
    units += cost;
    if (filled + cost > each) {
      segments++;
      filled = 0;
    }
    filled += cost;
  }
  return { encoding, units, segments: units <= alone ? 1 : segments };
}
