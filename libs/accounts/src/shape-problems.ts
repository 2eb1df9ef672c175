import type { FieldProblem } from '@heliograph/contracts';
import { validateSync, type ValidationError } from 'class-validator';
import { AccountEntry, type AccountsFile } from './account-file.ts';
import { entries } from './entries.ts';

/** What is wrong with the types, ranges and names of fields. */
export function shapeProblems(file: AccountsFile): FieldProblem[] {
  const problems = flatten(validateSync(file, { whitelist: true, forbidNonWhitelisted: true }), '');
  const lists = entries(file.accounts, 'accounts', AccountEntry).map(([path, { senders }]) => ({
    path: `${path}.senders`,
    list: senders,
  }));
  const inLists = [{ path: 'accounts', list: file.accounts }, ...lists].flatMap(({ path, list }) =>
    listsInside(list, path),
  );
  return [...problems, ...inLists];
}

/** class-validator takes a list where an object is asked for as a list of such objects. */
function listsInside(list: unknown, path: string): FieldProblem[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index) =>
    Array.isArray(item) ? [{ field: `${path}[${index}]`, reason: 'must be an object' }] : [],
  );
}

function flatten(errors: readonly ValidationError[], parent: string): FieldProblem[] {
  return errors.flatMap(({ property, constraints, children, value }) => {
    const path = join(parent, property);
    const nested = flatten(children ?? [], path);
    if (constraints === undefined) return nested;
    if ('whitelistValidation' in constraints) return [{ field: path, reason: 'is not a known field' }];
    const wrong = Object.keys(constraints).sort().join();
    if (/^(isObject,)?nestedValidation$/.test(wrong)) return [{ field: path, reason: 'must be an object' }];
    if (value === undefined) return [{ field: path, reason: 'is missing' }];
    // The last one is of the decorator written first, which says what the value should be at all.
    const message = Object.values(constraints).at(-1) ?? 'is invalid';
    return [{ field: path, reason: withoutName(message, property) }, ...nested];
  });
}

/** class-validator names the elements of a list by their index. */
function join(parent: string, property: string): string {
  if (/^\d+$/.test(property)) return `${parent}[${property}]`;
  return parent === '' ? property : `${parent}.${property}`;
}

const withoutName = (message: string, name: string): string =>
  message.startsWith(`${name} `) ? message.slice(name.length + 1) : message;
