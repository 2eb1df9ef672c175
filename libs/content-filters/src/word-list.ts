/** Where something was found: UTF-16 positions, the end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A text of these alone has words of letters and digits only, and folding is lower case. */
const ASCII = /^[\0-\x7f]*$/;
const ASCII_WORD = /[a-z0-9]+/g;
const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\p{Cf}]*/gu;
/** Accents, and what is not seen at all: joiners, soft hyphens. */
const ACCENTS = /[\p{Script=Inherited}\p{Cf}]/gu;

/** What all spellings of a word have in common. Upper case first, so that ß is ss and there is one sigma. */
const fold = (word: string): string => word.normalize('NFKD').replace(ACCENTS, '').toUpperCase().toLowerCase();

interface Word extends Span {
  readonly folded: string;
}

const wordsOf = (text: string): Word[] =>
  Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
    folded: fold(word),
  }));

/**
 * Words and phrases that are looked for as whole words, whatever their case and accents. A phrase is found whatever stands
 * between its words but other words. The time it takes does not grow with the length of the list.
 */
export class WordList {
  /** Phrases by their first word. */
  readonly #phrases = new Map<string, string[][]>();

  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const phrase = wordsOf(entry).map(({ folded }) => folded);
      const [first] = phrase;
      if (first === undefined) continue;
      this.#phrases.set(first, [...(this.#phrases.get(first) ?? []), phrase]);
    }
  }

  /** Whether an entry can be found at all: there must be a letter or a digit in it. */
  static canFind(entry: string): boolean {
    return wordsOf(entry).length > 0;
  }

  find(text: string): Span[] {
    if (this.#phrases.size === 0 || (ASCII.test(text) && !this.#begins(text))) return [];
    const words = wordsOf(text);
    return words.flatMap(({ start, folded }, at) => {
      const phrases = this.#phrases.get(folded) ?? [];
      const found = phrases.filter((phrase) => phrase.every((word, index) => words[at + index]?.folded === word));
      return found.map((phrase) => ({ start, end: words[at + phrase.length - 1]!.end }));
    });
  }

  /** Whether a phrase may begin anywhere: most texts are ASCII and hold none, and this costs a tenth. */
  #begins(ascii: string): boolean {
    return (
      ascii
        .toLowerCase()
        .match(ASCII_WORD)
        ?.some((word) => this.#phrases.has(word)) === true
    );
  }
}
