import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';

/** One field of bad input and what is wrong with it. */
export interface FieldProblem {
  /** Path from the root, for example `content.text`; empty for the whole. */
  readonly field: string;
  readonly reason: string;
}

function flatten(errors: ValidationError[], prefix: string): FieldProblem[] {
  return errors.flatMap((error) => {
    const field = prefix ? `${prefix}.${error.property}` : error.property;
    const own = Object.values(error.constraints ?? {}).map((reason) => ({ field, reason }));
    return [...own, ...flatten(error.children ?? [], field)];
  });
}

/**
 * Checks plain data against a contract class and explains what is wrong. Costs about 40 µs; where only the verdict
 * matters, `isValid` gives the same one for a fraction. Unknown fields are allowed: within a version only optional
 * fields are added, and an older reader must not refuse a newer writer.
 *
 * @returns the problems found; empty when the data is valid
 */
export function problemsOf(dataClass: new () => object, data: unknown): FieldProblem[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return [{ field: '', reason: 'must be a JSON object' }];
  }
  try {
    return flatten(validateSync(plainToInstance(dataClass, data), { forbidUnknownValues: false }), '');
  } catch {
    // class-transformer walks into every field, also unknown ones, by recursion, and calls what a field named
    // `constructor` holds.
    return [{ field: '', reason: 'cannot be examined: nested too deeply, or a field is named "constructor"' }];
  }
}
