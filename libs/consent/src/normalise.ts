/** What may stand around a keyword: punctuation, quotes, white space, emoji and other symbols, marks, invisible characters. */
const AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;
/** Marks over and under letters once they are taken apart, and characters nobody sees. */
const UNSEEN = /[\p{M}\p{Cf}]/gu;

/**
 * The form in which words are compared: compatibility forms, case, accents, and what stands around them make no difference.
 * Inside nothing is taken away but accents, so "stop it" and "s-top" stay what they are.
 */
export function normalise(text: string): string {
  const folded = text.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKD').replace(UNSEEN, '');
  return folded.replace(AROUND, '').replace(/\s+/gu, ' ');
}
