import { RE2JS } from 're2js';
import type { FilterAction, FilterEntry } from './filter-file.ts';
import { WordList, type Span } from './word-list.ts';

/** One filter of a tenant, ready to be used. */
export class ContentFilter {
  readonly tenant: string;
  readonly name: string;
  readonly action: FilterAction;
  readonly #words: WordList;
  readonly #patterns: readonly RE2JS[];

  /** @param entry that {@link patternProblem} has nothing to say about */
  constructor({ tenant, name, action, words = [], patterns = [] }: FilterEntry) {
    this.tenant = tenant;
    this.name = name;
    this.action = action;
    this.#words = new WordList(words);
    this.#patterns = patterns.map((pattern) => RE2JS.compile(pattern));
  }

  finds(text: string): boolean {
    return this.#words.find(text).length > 0 || this.#patterns.some((pattern) => pattern.matcher(text).find());
  }

  /** The text with everything that is found as asterisks, one per character, so that it never grows. */
  mask(text: string): string {
    const spans = [...this.#words.find(text), ...this.#patterns.flatMap((pattern) => spansOf(pattern, text))];
    spans.sort((a, b) => a.start - b.start);
    let masked = '';
    let done = 0;
    for (const { start, end } of spans) {
      const from = Math.max(start, done);
      if (end <= from) continue;
      masked += text.slice(done, from) + '*'.repeat(Array.from(text.slice(from, end)).length);
      done = end;
    }
    return masked + text.slice(done);
  }
}

function spansOf(pattern: RE2JS, text: string): Span[] {
  const matcher = pattern.matcher(text);
  const spans: Span[] = [];
  while (matcher.find()) spans.push({ start: matcher.start(), end: matcher.end() });
  return spans;
}

/** Why a pattern cannot be used; undefined when it can. */
export function patternProblem(pattern: string): string | undefined {
  try {
    return RE2JS.compile(pattern).matcher('').find() ? 'finds something in an empty text' : undefined;
  } catch (error) {
    return `is no regular expression of RE2: ${(error as Error).message}`;
  }
}
