import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { TemplateButton, TemplateDefinition, TemplateLanguage, TemplateVariable } from '@heliograph/contracts';
import { orderConfirmation, orderShipped } from '../../test/template-definitions.ts';
import { templateBody } from './template-bodies.ts';
import { placeholdersOf, readComponents } from './template-components.ts';
import { listedLanguage, readTemplateName, writeTemplateName } from './template-names.ts';
import { flatParameters } from './template-parameters.ts';

const names = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 6 });
const words = fc.stringMatching(/^[a-z]{1,8}$/);

/** A text with one placeholder for each of some variables. */
const textOf = (some: readonly string[]) => ({
  text: ['Hi', ...some.map((_, n) => `{{${n + 1}}}`)].join(' '),
  variables: [...some],
});

const anyLanguage: fc.Arbitrary<{ language: TemplateLanguage; variables: TemplateVariable[] }> = names.chain((known) =>
  fc
    .record({
      header: fc.option(fc.constantFrom(...known), { nil: undefined }),
      body: fc.shuffledSubarray(known),
      footer: fc.option(words, { nil: undefined }),
      buttons: fc.array(
        fc.oneof(
          fc.record({ kind: fc.constant('reply' as const), title: words, payload: words }),
          fc.record({ kind: fc.constant('phone' as const), title: words, phone: fc.stringMatching(/^\+[1-9]\d{9}$/) }),
          fc.record({ kind: fc.constant('copy-code' as const), title: words, code: words }),
          fc
            .constantFrom(...known)
            .map((variable) => ({ kind: 'url' as const, title: 'Track', url: 'https://x.example/{{1}}', variable })),
        ),
        { maxLength: 5 },
      ),
    })
    .map(({ header, body, footer, buttons }) => ({
      language: {
        language: 'en_US',
        ...(header !== undefined && { header: textOf([header]) }),
        body: textOf(body),
        ...(footer !== undefined && { footer }),
        ...(buttons.length > 0 && { buttons }),
      },
      variables: known.map(
        (name, n) => ({ name, type: n % 2 === 0 ? 'text' : 'date', max: 1024, sample: `s-${name}` }) as const,
      ),
    })),
);

interface Part {
  readonly type: string;
  readonly text: string;
  readonly parameters?: readonly object[];
  readonly buttons?: readonly { readonly url?: { readonly url: string; readonly parameters?: readonly object[] } }[];
}
function written(definition: TemplateDefinition): Part[] {
  const body = templateBody({ definition, language: 'en_US' });
  if (!body.ok) throw new Error(body.reason);
  return (body.value as { components: Part[] }).components;
}

describe('a definition of any shape', () => {
  it('is written with one parameter for each placeholder, and a send has as many values in the same order: header, body, buttons', () => {
    fc.assert(
      fc.property(anyLanguage, ({ language, variables }) => {
        const parts = written({ ...orderConfirmation, variables, languages: [language] });
        const links = parts.flatMap(({ buttons = [] }) => buttons.flatMap(({ url }) => url ?? []));
        const texts = [
          ...parts.filter(({ type }) => type === 'HEADER' || type === 'BODY'),
          ...links.map((link) => ({ ...link, text: link.url })),
        ];
        for (const { text, parameters = [] } of texts) expect(parameters).toHaveLength(placeholdersOf(text).length);
        const value = (name: string) => `value of ${name}`;
        const buttonValues = (language.buttons ?? []).flatMap(({ kind, variable = '' }, index) =>
          kind === 'url' ? [{ index, kind, value: value(variable) }] : [],
        );
        const sent = flatParameters({
          headerParameters: language.header?.variables.map(value) ?? [],
          parameters: language.body.variables.map(value),
          buttonValues,
        });
        const wanted = texts.flatMap(({ parameters = [] }) => parameters.map((one) => JSON.stringify(one)));
        expect(sent).toHaveLength(wanted.length);
        sent.forEach((one, n) => expect(wanted[n]).toContain(`"s-${one.slice('value of '.length)}"`));
      }),
    );
  });

  it('is read again as it was written, but for the names of its variables', () => {
    fc.assert(
      fc.property(anyLanguage, ({ language, variables }) => {
        const parts = written({ ...orderConfirmation, variables, languages: [language] });
        const read = readComponents('en_US', parts);
        const bare = ({ header, body, footer, buttons }: TemplateLanguage) => ({
          header: header?.text,
          body: body.text,
          footer,
          buttons: buttons?.map(({ variable: _name, ...rest }: TemplateButton) => rest),
        });
        expect(read && bare(read.components)).toEqual(bare(language));
        const of = new Map(variables.map((one) => [one.name, one]));
        const places = [...(language.header?.variables ?? []), ...language.body.variables];
        const links = (language.buttons ?? []).flatMap(({ variable }) => variable ?? []);
        const expected = [...places, ...links].map((name) => ({
          type: of.get(name)!.type,
          sample: of.get(name)!.sample,
        }));
        expect(read?.variables.map(({ type, sample }) => ({ type, sample }))).toEqual(expected);
      }),
    );
  });
});

describe('names of templates where a template has no language (guide 002, section 2)', () => {
  it.each([
    ['order_shipped', 'en_US', 'order_shipped.en_US'],
    ['order_shipped_v2', 'de', 'order_shipped_v2.de'],
    ['order_shipped', 'zh_Hans', 'order_shipped.zh_Hans'],
    ['OrderShipmentNotification', 'und', 'OrderShipmentNotification'],
  ])('%s in %s is called %s, and read back', (name, language, expected) => {
    expect(writeTemplateName(name, language)).toBe(expected);
    expect(readTemplateName(expected)).toEqual({ name, language });
  });

  it.each(['v1.2', 'Order.Shipped', '.en', 'a.en_us'])('%s tells no language', (name) => {
    expect(readTemplateName(name)).toEqual({ name, language: 'und' });
  });

  it('tell two languages of one template apart', () => {
    const bodies = ['en_US', 'de'].map((language) => {
      const languages = [{ ...orderShipped.languages[0]!, language }];
      return templateBody({ definition: { ...orderShipped, languages }, language });
    });
    expect(bodies).toMatchObject([
      { value: { name: 'OrderShipmentNotification.en_US' } },
      { value: { name: 'OrderShipmentNotification.de' } },
    ]);
  });
});

describe('a language as events write it', () => {
  it.each([
    ['en-US', 'en_US'],
    ['en_US', 'en_US'],
    ['EN-us', 'en_US'],
    ['zh-hans', 'zh_Hans'],
    ['de', 'de'],
    ['fil', 'fil'],
    ['x-pirate-speech', 'x-pirate-speech'],
  ])('%s is the %s of lists', (written, expected) => {
    expect(listedLanguage(written)).toBe(expected);
  });
});
