import type { TemplateProblem } from '../template-problem.ts';

/** A file with more than this has one reason for most of them. */
const MOST = 200;

type Found = Pick<TemplateProblem, 'place' | 'rule' | 'reason' | 'severity'>;

/** What was found wrong in one file; told in the order of the file. */
export class Problems {
  private readonly found: (Found & { readonly at: number })[] = [];

  /** @param places where each place of the template stands: characters from the beginning of the file */
  constructor(private readonly places: ReadonlyMap<string, number>) {}

  /** @param at where the place itself is not in the file */
  error(place: string, rule: string, reason: string, at = this.whereIs(place)): void {
    this.found.push({ at, place, rule, reason, severity: 'error' });
  }

  warning(place: string, rule: string, reason: string): void {
    this.found.push({ at: this.whereIs(place), place, rule, reason, severity: 'warning' });
  }

  /** Whether the file has something there, right or wrong: what is wrong has been told. */
  isGiven(place: string): boolean {
    return this.places.has(place);
  }

  get hasErrors(): boolean {
    return this.found.some(({ severity }) => severity === 'error');
  }

  told(file: string, lineOf: (at: number) => number): TemplateProblem[] {
    const sorted = [...this.found].sort((a, b) => a.at - b.at);
    const told = sorted.slice(0, MOST).map(({ at, ...problem }) => ({ file, line: lineOf(at), ...problem }));
    const left = sorted.length - told.length;
    if (left === 0) return told;
    const severity = this.hasErrors ? 'error' : 'warning';
    return [...told, { file, place: '', rule: 'more', reason: `has ${left} more problems`, severity }];
  }

  /** That of the nearest place around it which is in the file. */
  private whereIs(place: string): number {
    for (let around = place; around !== ''; around = around.replace(/[.[]?[^.[]*$/, '')) {
      const at = this.places.get(around);
      if (at !== undefined) return at;
    }
    return 0;
  }
}
