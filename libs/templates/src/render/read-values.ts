import {
  suggestion,
  type FieldProblem,
  type SanitisedValue,
  type TemplateDefinition,
  type TemplateVariable,
} from '@heliograph/contracts';
import { isAllowed, sanitise } from './sanitise.ts';
import { VALUE_TYPES } from './value-types.ts';

export interface ReadValues {
  /** In the order of the definition. */
  readonly values: ReadonlyMap<string, string>;
  readonly sanitised: SanitisedValue[];
  readonly problems: FieldProblem[];
}

type Rules = Pick<TemplateDefinition, 'name' | 'variables' | 'emoji'>;

/** A value for each variable and for nothing else, of its type, made fit to be sent. Problems show no value. */
export function readValues({ name, variables, emoji }: Rules, given: Readonly<Record<string, unknown>>): ReadValues {
  const values = new Map<string, string>();
  const sanitised: SanitisedValue[] = [];
  const problems: FieldProblem[] = [];
  for (const variable of variables) {
    const field = `variables.${variable.name}`;
    if (!Object.hasOwn(given, variable.name)) {
      problems.push({ field, reason: `is missing: template "${name}" wants ${VALUE_TYPES[variable.type].wanted}` });
      continue;
    }
    const read = readValue(variable, given[variable.name], emoji);
    if (typeof read === 'string') {
      problems.push({ field, reason: read });
      continue;
    }
    values.set(variable.name, read.value);
    if (read.changes.length > 0) sanitised.push({ variable: variable.name, changes: read.changes });
  }
  return { values, sanitised, problems: [...problems, ...surplus(name, variables, given)] };
}

/** @returns the value, or what is wrong with it */
function readValue({ type, max }: TemplateVariable, given: unknown, emoji: Rules['emoji']) {
  const { wanted, fits } = VALUE_TYPES[type];
  if (typeof given !== 'string' && typeof given !== 'number') return `must be ${wanted}`;
  const made = sanitise(String(given), emoji);
  const value = type === 'text' ? made.value : made.value.trim();
  if (value.trim() === '') return 'is empty, or has nothing that may be sent';
  if (/\{\{|\}\}/.test(value)) return 'has {{ or }}: a placeholder that was not filled in';
  if (!fits(value)) return `must be ${wanted}`;
  const length = [...value].length;
  if (length > max) return `has ${length} characters; at most ${max} are allowed`;
  if (!isAllowed(value)) return 'has characters that may not be sent';
  const changes: string[] = [...made.changes];
  if (value !== made.value && !changes.includes('white-space')) changes.push('white-space');
  return { value, changes };
}

function surplus(
  name: string,
  variables: readonly TemplateVariable[],
  given: Readonly<Record<string, unknown>>,
): FieldProblem[] {
  const known = variables.map((variable) => variable.name);
  const its = known.length > 0 ? `its variables are ${known.join(', ')}` : 'it has none';
  return Object.keys(given)
    .filter((one) => !known.includes(one))
    .map((one) => ({
      field: `variables.${one}`,
      reason: `is not a variable of template "${name}" (${its})${suggestion(one, known)}`,
    }));
}
