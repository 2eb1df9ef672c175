import type { UploadCounts } from '@heliograph/contracts';
import type { RowProblem } from './reading/row.ts';

export const MOST_ERRORS = 10_000;

/** What became of the rows of one upload so far. */
export class UploadTally {
  private readonly counts = { rows: 0, accepted: 0, invalid: 0, repeated: 0, suppressed: 0 };
  /** The first ones; of one row there may be several. */
  readonly errors: RowProblem[] = [];
  errorsOmitted = 0;

  get now(): UploadCounts {
    return { ...this.counts };
  }

  invalid(problems: readonly RowProblem[]): void {
    this.counts.rows++;
    this.counts.invalid++;
    const room = Math.max(0, MOST_ERRORS - this.errors.length);
    this.errors.push(...problems.slice(0, room));
    this.errorsOmitted += Math.max(0, problems.length - room);
  }

  count(outcome: 'accepted' | 'repeated' | 'suppressed', rows = 1): void {
    this.counts.rows += rows;
    this.counts[outcome] += rows;
  }
}
