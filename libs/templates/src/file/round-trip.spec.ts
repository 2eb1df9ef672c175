import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { definitions } from '../../test/arbitraries.ts';
import { APPLIED_AT, orderConfirmation, orderSms } from '../../test/definitions.ts';
import { definitionOf, nameAndVersionOf, providerNameOf, sameDefinition } from '../definition.ts';
import { readTemplateFile } from './read-template-file.ts';
import { writeTemplateFile } from './write-template-file.ts';

const readBack = (text: string) => {
  const read = readTemplateFile(text, 'templates/a.yaml');
  if (!read.ok) throw new Error(`${JSON.stringify(read.problems, null, 2)}\n${text}`);
  return definitionOf(read.template, { tenant: 'acme', account: 'acme-genesys' }, '2026-04-01T00:00:00.000Z');
};

describe('a definition that is written as a file', () => {
  it('says the same when it is read again and applied', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const again = readBack(writeTemplateFile(definition));
        expect({ ...again, appliedAt: APPLIED_AT }).toEqual(definition);
        expect(sameDefinition(again, definition)).toBe(true);
        expect(writeTemplateFile(again)).toBe(writeTemplateFile(definition));
      }),
    );
  });

  it('is as short as it can be: a line for each variable, texts as they are', () => {
    const { header, body, footer } = orderConfirmation().languages[0]!;
    const languages = [{ language: 'en_US', header, body: { ...body, text: `${body.text}\n\nThank you.` }, footer }];
    expect(writeTemplateFile(orderConfirmation({ version: 2, languages }))).toBe(
      `name: order_confirmation
version: 2
channel: whatsapp
category: UTILITY
variables:
  customer: { max: 60, sample: Customer }
  order: { max: 20, sample: ORD-12345 }
  delivery: { type: date, sample: 2026-10-25 }
languages:
  en_US:
    header:
      text: "Order #{{1}}"
      variables: [ order ]
    body:
      text: |-
        Hi {{1}}, your order {{2}} is confirmed. Estimated delivery: {{3}}.

        Thank you.
      variables: [ customer, order, delivery ]
    footer: Reply STOP to opt-out.
`,
    );
    expect(writeTemplateFile(orderSms())).toContain('    body: Your order {{order}} has shipped.\n');
  });
});

describe('two definitions are the same', () => {
  it('whenever they were applied, whether retired, and in whatever order a topic gives their fields', () => {
    const given = orderConfirmation();
    const reversed = Object.fromEntries(Object.entries(given).reverse()) as unknown as typeof given;
    expect(sameDefinition(given, { ...reversed, appliedAt: '2027-01-01T00:00:00.000Z', retired: true })).toBe(true);
  });

  it.each([
    ['account', { account: 'other' }],
    ['version', { version: 2, providerName: 'order_confirmation_v2' }],
    ['category', { category: 'MARKETING' as const }],
    ['variables', { variables: [] }],
    ['languages', { languages: orderConfirmation().languages.slice(1) }],
    ['fallbacks', { fallbacks: [{ template: 'short' }] }],
    ['emoji', { emoji: 'text' as const }],
  ])('but not when they differ in %s', (_, other) => {
    expect(sameDefinition(orderConfirmation(), orderConfirmation(other))).toBe(false);
  });
});

describe('names at the provider', () => {
  it.each([
    ['order', 1, 'order'],
    ['order', 2, 'order_v2'],
    ['order', 12, 'order_v12'],
  ])('of %s, version %i, are %s, and lead back', (name, version, providerName) => {
    expect(providerNameOf(name, version)).toBe(providerName);
    expect(nameAndVersionOf(providerName)).toEqual({ name, version });
  });

  it.each(['support_menu_v1', 'order_v0', 'order_v02', '_v2'])(
    'that no version of ours has keep their whole name: %s',
    (name) => {
      expect(nameAndVersionOf(name)).toEqual({ name, version: 1 });
    },
  );
});
