import type { FieldProblem, MessageContent } from '@heliograph/contracts';
import { readSettingsFile } from '@heliograph/runtime';
import { ContentFilter, patternProblem } from './content-filter.ts';
import { FiltersFile, type FilterAction } from './filter-file.ts';
import { filterMetrics } from './metrics.ts';
import { withTexts } from './texts.ts';
import { WordList } from './word-list.ts';

export type Judgement =
  /** Must not be sent: the filters that stopped it, with the fields in which each found something. */
  | {
      readonly verdict: 'blocked';
      readonly by: readonly { readonly filter: string; readonly fields: readonly string[] }[];
    }
  | {
      readonly verdict: 'passed';
      /** The very same object where nothing was masked. */
      readonly content: MessageContent;
      /** Names of the filters that found something and let it pass. */
      readonly flagged: readonly string[];
    };

/** As many names as the fact of a sent message can carry. */
const MOST_PER_TENANT = 50;

/** What each tenant does not want to be sent (guide 003, "Agent Behavior": data filtering). */
export class ContentFilters {
  /** Of a system that has no file of them. */
  static readonly none = new ContentFilters([]);
  readonly #byTenant: ReadonlyMap<string, readonly ContentFilter[]>;

  private constructor(filters: readonly ContentFilter[]) {
    this.#byTenant = Map.groupBy(filters, ({ tenant }) => tenant);
  }

  /**
   * @param path absent: no filters
   * @param tenants of the system; a filter of another one is a misspelt one, which would filter nothing
   * @throws SettingsFileError with every problem of the file
   */
  static read(path: string | undefined, tenants: readonly string[]): ContentFilters {
    if (path === undefined) return ContentFilters.none;
    const { filters } = readSettingsFile({ path, type: FiltersFile, check: (file) => problemsOf(file, tenants) });
    return new ContentFilters(filters.map((entry) => new ContentFilter(entry)));
  }

  /** Blocks are looked for first, flags in what was given, masks last. */
  judge(tenant: string, content: MessageContent): Judgement {
    const filters = this.#byTenant.get(tenant);
    if (!filters) return { verdict: 'passed', content, flagged: [] };
    const texts = textsOf(content);
    const found = filters.flatMap((filter) => {
      const fields = texts.filter(({ text }) => filter.finds(text)).map(({ field }) => field);
      return fields.length > 0 ? [{ filter, fields }] : [];
    });
    if (found.length === 0) return { verdict: 'passed', content, flagged: [] };
    for (const { filter } of found) filterMetrics.matches.inc({ tenant, filter: filter.name, action: filter.action });
    const of = (action: FilterAction) => found.filter(({ filter }) => filter.action === action);
    const blocks = of('block').map(({ filter, fields }) => ({ filter: filter.name, fields }));
    if (blocks.length > 0) return { verdict: 'blocked', by: blocks };
    const masks = of('mask').map(({ filter }) => filter);
    const masked =
      masks.length === 0
        ? content
        : withTexts(content, (text) => masks.reduce((said, filter) => filter.mask(said), text));
    return { verdict: 'passed', content: masked, flagged: of('flag').map(({ filter }) => filter.name) };
  }
}

function textsOf(content: MessageContent): { readonly field: string; readonly text: string }[] {
  const texts: { field: string; text: string }[] = [];
  withTexts(content, (text, field) => {
    texts.push({ field, text });
    return text;
  });
  return texts;
}

function problemsOf({ filters }: FiltersFile, tenants: readonly string[]): FieldProblem[] {
  const taken = new Map<string, string>();
  const counts = new Map<string, number>();
  return filters.flatMap(({ tenant, name, words, patterns }, index) => {
    const at = `filters[${index}]`;
    const problems: FieldProblem[] = [];
    if (!tenants.includes(tenant))
      problems.push({ field: `${at}.tenant`, reason: 'is no tenant of the accounts file' });
    const first = taken.get(`${tenant} ${name}`);
    if (first) problems.push({ field: `${at}.name`, reason: `is the same as ${first}` });
    else taken.set(`${tenant} ${name}`, `${at}.name`);
    const count = (counts.get(tenant) ?? 0) + 1;
    counts.set(tenant, count);
    if (count === MOST_PER_TENANT + 1) {
      problems.push({ field: at, reason: `is one more than the ${MOST_PER_TENANT} filters that a tenant can have` });
    }
    if (!words && !patterns) problems.push({ field: at, reason: 'has neither words nor patterns' });
    return [...problems, ...wordProblems(at, words), ...patternProblems(at, patterns)];
  });
}

const wordProblems = (at: string, words: readonly string[] = []): FieldProblem[] =>
  words.flatMap((word, index) =>
    WordList.canFind(word)
      ? []
      : [{ field: `${at}.words[${index}]`, reason: 'has no letter and no digit: use a pattern' }],
  );

const patternProblems = (at: string, patterns: readonly string[] = []): FieldProblem[] =>
  patterns.flatMap((pattern, index) => {
    const reason = patternProblem(pattern);
    return reason === undefined ? [] : [{ field: `${at}.patterns[${index}]`, reason }];
  });
