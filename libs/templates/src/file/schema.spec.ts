import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { parse } from 'yaml';
import { definitions } from '../../test/arbitraries.ts';
import { mailFile, smsFile, whatsappFile } from '../../test/files.ts';
import { readTemplateFile } from './read-template-file.ts';
import { TEMPLATE_SCHEMA } from './schema.ts';
import { writeTemplateFile } from './write-template-file.ts';

const committed = new URL('../../template.schema.json', import.meta.url);
const validate = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }).compile(
  TEMPLATE_SCHEMA,
);
const isTaken = (file: unknown): boolean => readTemplateFile(JSON.stringify(file), 'a.yaml').ok;

describe('the schema of template files', () => {
  it('is the one in template.schema.json', () => {
    expect(JSON.parse(readFileSync(committed, 'utf8'))).toEqual(TEMPLATE_SCHEMA);
  });

  it('says of every field what it is for', () => {
    const undescribed: string[] = [];
    const visit = (schema: typeof TEMPLATE_SCHEMA, place: string) => {
      for (const [name, field] of Object.entries({ ...schema.properties, ...schema.patternProperties })) {
        if (!field.description) undescribed.push(`${place}.${name}`);
        for (const one of [field, field.items ?? {}, ...(field.anyOf ?? [])]) visit(one, `${place}.${name}`);
      }
    };
    visit(TEMPLATE_SCHEMA, '');
    expect(undescribed).toEqual([]);
  });

  it('is what the example of the README is written by', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const example = /```yaml\n(.*?)```/s.exec(readme)![1]!;
    expect(validate(parse(example))).toBe(true);
    expect(readTemplateFile(example, 'README.md')).toMatchObject({ ok: true });
  });

  it.each([
    ['WhatsApp', whatsappFile()],
    ['SMS', smsFile()],
    ['e-mail', mailFile()],
  ])('takes a template for %s', (_, file) => {
    expect(validate(file)).toBe(true);
    expect(isTaken(file)).toBe(true);
  });

  it.each([
    ['a field that is not known', whatsappFile({ categorie: 'UTILITY' })],
    ['another kind of button', whatsappFile({}, { buttons: [{ kind: 'link', title: 'a' }] })],
    ['a number where a text belongs', whatsappFile({ name: 7 })],
    ['a text where a number belongs', whatsappFile({ version: '2' })],
    ['a name with other characters', whatsappFile({ name: 'order-confirmation' })],
    ['a language with a hyphen', whatsappFile({ languages: { 'en-US': { body: 'Hello there.' } } })],
    ['no language', whatsappFile({ languages: {} })],
    ['no body', whatsappFile({}, { body: undefined })],
    ['a header that is too long', whatsappFile({}, { header: 'x'.repeat(61) })],
    ['a footer that is too long', whatsappFile({}, { footer: 'x'.repeat(61) })],
    [
      'eleven buttons',
      whatsappFile(
        {},
        { buttons: Array.from({ length: 11 }, (_, n) => ({ kind: 'reply', title: `${n}`, payload: `P${n}` })) },
      ),
    ],
    [
      'a title that is too long',
      whatsappFile({}, { buttons: [{ kind: 'reply', title: 'x'.repeat(26), payload: 'A' }] }),
    ],
    ['a payload with blanks', whatsappFile({}, { buttons: [{ kind: 'reply', title: 'a', payload: 'a b' }] })],
    ['a variable without sample', whatsappFile({ variables: { customer: {} } })],
    ['an SMS with a header', smsFile({}, { header: 'Hello' })],
    ['an SMS with a category', smsFile({ category: 'UTILITY' })],
    ['an e-mail with buttons', mailFile({}, { buttons: [{ kind: 'reply', title: 'a', payload: 'A' }] })],
    ['a WhatsApp template with a subject', whatsappFile({}, { subject: 'Hello' })],
  ])('refuses %s, as the reader does', (_, file) => {
    const plain: unknown = JSON.parse(JSON.stringify(file));
    expect(validate(plain)).toBe(false);
    expect(isTaken(plain)).toBe(false);
  });

  it('takes everything that is written, and never more than the reader understands', () => {
    fc.assert(
      fc.property(
        definitions,
        fc.integer({ min: 0 }),
        fc.constantFrom(null, 7, '', 'x y', [], {}, true),
        (definition, at, other) => {
          const file: unknown = parse(writeTemplateFile(definition));
          expect(validate(file)).toBe(true);
          const changed = withOneChanged(file, at, other);
          if (!validate(changed)) expect(isTaken(changed)).toBe(false);
        },
      ),
    );
  });
});

/** The file with the value of one of its fields, at any depth, exchanged. */
function withOneChanged(file: unknown, at: number, value: unknown): unknown {
  const copy = structuredClone(file);
  const places: [object: Record<string, unknown>, field: string][] = [];
  const gather = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return;
    for (const [field, inner] of Object.entries(node)) {
      places.push([node as Record<string, unknown>, field]);
      gather(inner);
    }
  };
  gather(copy);
  const [object, field] = places[at % places.length]!;
  object[field] = value;
  return copy;
}
