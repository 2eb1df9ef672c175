import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeEvent, type CloudEvent } from './cloud-event.ts';
import { isValid } from './compiled-check.ts';
import { decodeEvent } from './decode.ts';
import { EVENTS } from './events.ts';
import type { EventContract } from './contract.ts';
import { problemsOf } from './validate.ts';

/**
 * Samples are events in CloudEvents' JSON format, one file per case: `<family>/samples/<event>.<case>.json`, where
 * `<event>` is the name in EVENTS with hyphens. Written once, never changed: old records stay readable.
 */
interface Sample {
  readonly file: string;
  readonly contract: EventContract;
  readonly event: CloudEvent;
}

const CORE = new Set(['specversion', 'id', 'type', 'source', 'subject', 'time', 'partitionkey', 'datacontenttype']);
const NOT_EXTENSIONS = new Set([...CORE, 'data', 'traceparent', 'origin']);
const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
const contracts = new Map(Object.entries<EventContract>(EVENTS).map(([name, contract]) => [kebab(name), contract]));

function readSample(file: string): Sample {
  const json = JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as Record<string, string>;
  const name = basename(file).split('.')[0]!;
  const contract = contracts.get(name);
  if (!contract) throw new Error(`${file}: EVENTS has no "${name}"`);
  const { id, type, source, subject, time, partitionkey, traceparent, origin, data } = json;
  const extensions = Object.fromEntries(Object.entries(json).filter(([attribute]) => !NOT_EXTENSIONS.has(attribute)));
  const event = { id, type, source, subject, time, partitionKey: partitionkey, extensions, data, traceparent, origin };
  return { file, contract, event: event as CloudEvent };
}

const samples = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => basename(dirname(file)) === 'samples')
  .sort()
  .map(readSample);
const withClass = samples.filter(({ contract }) => contract.data);

describe('committed samples', () => {
  it.each([...contracts.keys()])('exist for %s', (name) => {
    expect(samples.filter(({ file }) => basename(file).startsWith(`${name}.`))).not.toHaveLength(0);
  });

  it.each(samples)('$file survives the way through Kafka and stays valid', ({ contract, event }) => {
    expect(event.type).toBe(contract.type);
    const { key, value, headers } = encodeEvent(event);
    const decoded = decodeEvent(contract.topic.name, { key: Buffer.from(key), value, headers });
    expect(decoded).toEqual({ ok: true, event });
  });
});

const wrongValues = fc.oneof(
  fc.constantFrom(null, '', ' ', 0, -1, 1, 1.5, true, false, [], {}, 'text', 'template', 'campaign', '2026-02-30', 'x'),
  fc.constantFrom('2026-03-02T09:15:00Z', '00000000-0000-0000-0000-000000000000', 'x'.repeat(4001), '😀'.repeat(2500)),
  fc.array(fc.oneof(fc.string(), fc.constant(null), fc.constant({}), fc.constant([])), { maxLength: 140 }),
  fc.jsonValue({ maxDepth: 3 }).filter((value) => !JSON.stringify(value).includes('constructor')),
);

interface Mutation {
  readonly at: number;
  readonly kind: 'replace' | 'remove' | 'wrap' | 'add';
  readonly value: unknown;
}

/** Every place in a JSON value, as the object or array that holds it and the name it has there. */
function places(value: unknown): [holder: Record<string, unknown>, name: string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [[holder, name] as [typeof holder, string], ...places(holder[name])]);
}

function mutate(data: unknown, mutations: readonly Mutation[]): unknown {
  const copy: Record<string, unknown> = { root: structuredClone(data) };
  for (const { at, kind, value } of mutations) {
    const all = places(copy);
    const [holder, name] = all[at % all.length] ?? [copy, 'root'];
    if (kind === 'replace') holder[name] = structuredClone(value);
    else if (kind === 'wrap') holder[name] = [holder[name]];
    // JSON has no arrays with holes.
    else if (kind === 'add' && Array.isArray(holder)) holder.push(structuredClone(value));
    else if (kind === 'add') holder[`${name}2`] = structuredClone(value);
    else if (Array.isArray(holder)) holder.splice(Number(name), 1);
    else delete holder[name];
  }
  return copy.root;
}

describe('the compiled check', () => {
  it('gives the verdict of class-validator for every contract, whatever is changed in a sample', () => {
    const mutation = fc.record({
      at: fc.nat(),
      kind: fc.constantFrom('replace' as const, 'replace' as const, 'remove' as const, 'wrap' as const, 'add' as const),
      value: wrongValues,
    });
    const seen = { valid: 0, invalid: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...withClass),
        fc.array(mutation, { minLength: 1, maxLength: 3 }),
        (sample, changes) => {
          const data = mutate(sample.event.data, changes);
          const explained = problemsOf(sample.contract.data!, data);
          seen[explained.length === 0 ? 'valid' : 'invalid']++;
          const context = { file: sample.file, data, explained };
          expect({ ...context, valid: isValid(sample.contract.data!)(data) }).toEqual({
            ...context,
            valid: explained.length === 0,
          });
        },
      ),
      { numRuns: 3000 },
    );
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(100);
  });

  it.each(withClass)(
    'refuses $file with any required field taken away, and class-validator names the field',
    (sample) => {
      const data = sample.event.data as Record<string, unknown>;
      const required = Object.keys(data).filter(
        (field) => !isValid(sample.contract.data!)({ ...data, [field]: undefined }),
      );
      expect(required.length).toBeGreaterThan(2);
      for (const field of required) {
        const { [field]: taken, ...rest } = data;
        expect({ taken, problems: problemsOf(sample.contract.data!, rest).map((problem) => problem.field) }).toEqual({
          taken,
          problems: expect.arrayContaining([field]),
        });
      }
    },
  );
});
