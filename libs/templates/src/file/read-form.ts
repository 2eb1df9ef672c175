import { suggestion } from '@heliograph/contracts';
import type { Problems } from '../check/problems.ts';
import { lengthOf } from '../limits.ts';
import { LANGUAGE_PATTERN, NAME_PATTERN, PAYLOAD_PATTERN, VARIABLE_PATTERN, type Schema } from './schema.ts';
import type { ListTree, MapTree, ScalarTree, Tree } from './yaml-tree.ts';

/** What a pattern of the schema means, for people. */
const PATTERNS: Readonly<Record<string, { readonly rule: string; readonly reason: string }>> = {
  [NAME_PATTERN]: { rule: 'name', reason: 'has other characters than letters, digits and _, or more than 512' },
  [LANGUAGE_PATTERN]: { rule: 'language', reason: 'is no language: write en, en_US, pt_BR' },
  [VARIABLE_PATTERN]: {
    rule: 'variable-name',
    reason: 'is no name of a variable: letters, digits and _, beginning with a letter, at most 64',
  },
  [PAYLOAD_PATTERN]: {
    rule: 'payload',
    reason: 'has other characters than A-Z a-z 0-9 _ and -, or more than 256: webhooks may not survive them',
  },
};

/**
 * Reads a piece of a file by its schema, and reports whatever has another form.
 *
 * @returns what has the right form: anything else is left out, so that the rest can be checked all the same
 */
export function readForm(tree: Tree, schema: Schema, place: string, problems: Problems): unknown {
  if (schema.anyOf) return readForm(tree, oneOf(tree, schema.anyOf), place, problems);
  if (schema.properties || schema.patternProperties) return readMap(tree, schema, place, problems);
  if (schema.items) return readList(tree, schema, place, problems);
  return readScalar(tree, schema, place, problems);
}

const oneOf = (tree: Tree, schemas: readonly Schema[]): Schema =>
  schemas.find(({ type }) => (type === 'object') === (tree.kind === 'map')) ?? schemas[0]!;

function readMap(tree: Tree, schema: Schema, place: string, problems: Problems): Record<string, unknown> | undefined {
  if (tree.kind !== 'map') {
    const names = Object.keys(schema.properties ?? {}).join(', ');
    problems.error(place, 'form', `must have fields${names && `: ${names}`}`, tree.at);
    return undefined;
  }
  const read: Record<string, unknown> = {};
  for (const { key, at, value } of tree.entries) {
    const its = inside(place, key);
    const of = schemaOf(schema, key);
    if (of === undefined) problems.error(its, ...unknownField(key, schema), at);
    else {
      const one = readForm(value, of, its, problems);
      if (one !== undefined) read[key] = one;
    }
  }
  for (const name of schema.required ?? []) {
    if (!has(tree, name)) problems.error(inside(place, name), 'needed', 'is missing', tree.at);
  }
  countProblems(tree.entries.length, schema.minProperties, schema.maxProperties, place, problems);
  return read;
}

function readList(tree: Tree, schema: Schema, place: string, problems: Problems): unknown[] | undefined {
  if (tree.kind !== 'list') return void problems.error(place, 'form', 'must be a list', tree.at);
  countProblems(tree.entries.length, schema.minItems, schema.maxItems, place, problems);
  return listed(tree, schema, place, problems);
}

/** Entries that have no form at all keep their place. */
const listed = (tree: ListTree, schema: Schema, place: string, problems: Problems): unknown[] =>
  tree.entries.map((entry, index) => readForm(entry, schema.items!, `${place}[${index}]`, problems));

function readScalar(tree: Tree, schema: Schema, place: string, problems: Problems): unknown {
  if (tree.kind !== 'scalar') {
    const wanted = schema.type === 'integer' ? 'a whole number' : 'a text';
    return void problems.error(place, 'form', `must be ${wanted}`, tree.at);
  }
  const problem = scalarProblem(tree, schema);
  if (problem) return void problems.error(place, problem.rule, problem.reason);
  return typeof tree.value !== 'string' && schema.type !== 'integer' ? tree.source : tree.value;
}

function scalarProblem(tree: ScalarTree, schema: Schema): { rule: string; reason: string } | undefined {
  const { value, source } = tree;
  if (value === null || value === '') return { rule: 'form', reason: 'is empty' };
  if (schema.type === 'integer') {
    const { minimum = 1, maximum = Infinity } = schema;
    if (typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum) return undefined;
    return { rule: 'form', reason: `must be a whole number from ${minimum} to ${maximum}` };
  }
  if (schema.enum) {
    if (typeof value === 'string' && schema.enum.includes(value)) return undefined;
    const near = suggestion(source, schema.enum);
    return { rule: 'choice', reason: `must be one of ${schema.enum.join(', ')}${near}` };
  }
  const numbersToo = Array.isArray(schema.type) && typeof value === 'number';
  if (typeof value !== 'string' && !numbersToo) return { rule: 'form', reason: 'must be a text: put it in quotes' };
  const text = typeof value === 'string' ? value : source;
  const length = lengthOf(text);
  if (schema.pattern && !new RegExp(schema.pattern, 'u').test(text)) {
    return PATTERNS[schema.pattern];
  }
  if (length <= (schema.maxLength ?? Infinity)) return undefined;
  return { rule: 'length', reason: `has ${length} characters; at most ${schema.maxLength} are allowed` };
}

function countProblems(count: number, least = 0, most = Infinity, place: string, problems: Problems): void {
  if (count < least) problems.error(place, 'count', 'is empty');
  if (count > most) problems.error(place, 'count', `has ${count}; at most ${most} are allowed`);
}

function schemaOf({ properties = {}, patternProperties = {} }: Schema, key: string): Schema | undefined {
  if (Object.hasOwn(properties, key)) return properties[key];
  return Object.entries(patternProperties).find(([pattern]) => new RegExp(pattern, 'u').test(key))?.[1];
}

function unknownField(key: string, { properties, patternProperties = {} }: Schema): [rule: string, reason: string] {
  if (properties) return ['unknown-field', `is not a known field${suggestion(key, Object.keys(properties))}`];
  const pattern = Object.keys(patternProperties)[0]!;
  const { rule, reason } = PATTERNS[pattern]!;
  const near = key.replace(/-/g, '_');
  return [rule, new RegExp(pattern, 'u').test(near) ? `${reason}: did you mean "${near}"?` : reason];
}

const has = (tree: MapTree, name: string): boolean => tree.entries.some(({ key }) => key === name);

const inside = (place: string, name: string): string => (place === '' ? name : `${place}.${name.slice(0, 64)}`);

/** Where each place of a file stands; of a field, where its name does. */
export function placesOf(
  tree: Tree,
  place = '',
  at = tree.at,
  places = new Map<string, number>(),
): Map<string, number> {
  if (place !== '') places.set(place, at);
  if (tree.kind === 'map') {
    for (const { key, at: of, value } of tree.entries) placesOf(value, inside(place, key), of, places);
  }
  if (tree.kind === 'list') {
    for (const [index, entry] of tree.entries.entries()) placesOf(entry, `${place}[${index}]`, entry.at, places);
  }
  return places;
}
