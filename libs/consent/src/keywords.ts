import type { KeywordMeaning, KeywordWords } from './keyword-words.ts';
import { normalise } from './normalise.ts';

/** A message that is a keyword. */
export interface Keyword {
  readonly meaning: KeywordMeaning;
  /** As the list has it. */
  readonly word: string;
  /** The first language of the list that has it with this meaning. */
  readonly language: string;
  readonly onlyIfOut?: boolean;
}

/** Longer messages are no keywords, whatever stands around one: nothing of them is looked at. */
const MOST_CHARACTERS = 80;

/** Which messages are keywords: those that are one, as a whole, but for case, accents and what stands around it. */
export class Keywords {
  private readonly byWord = new Map<string, Keyword>();

  /**
   * @param lists earlier ones go before later ones; of a word with several meanings the opt-out counts, then the first
   * @throws Error for a word that no message can be
   */
  constructor(lists: readonly KeywordWords[]) {
    const optOutsFirst = [...lists].sort((a, b) => rank(a) - rank(b));
    for (const { words, ...rest } of optOutsFirst) {
      for (const word of words) {
        const form = normalise(word);
        if (form === '' || word.length > MOST_CHARACTERS) throw new Error(`"${word}" cannot be a keyword`);
        if (!this.byWord.has(form)) this.byWord.set(form, { ...rest, word });
      }
    }
  }

  find(text: string): Keyword | undefined {
    return text.length > MOST_CHARACTERS ? undefined : this.byWord.get(normalise(text));
  }
}

const rank = ({ meaning }: KeywordWords): number => (meaning === 'opt-out' ? 0 : 1);
