import { describe, expect, it } from '@jest/globals';
import { readTemplateFile } from './read-template-file.ts';

const told = (text: string): string[] => {
  const read = readTemplateFile(text, 'templates/order.yaml');
  const problems = read.ok ? read.warnings : read.problems;
  return problems.map(({ line, rule, place, reason }) => `${line} ${rule} ${place}: ${reason}`);
};

const GUIDE_001 = `# yaml-language-server: $schema=../libs/templates/template.schema.json
name: order_confirmation
version: 2
channel: whatsapp
category: UTILITY

variables:
  customer: { max: 60, sample: Customer }
  order: { max: 20, sample: ORD-00000 }
  delivery: { type: date, sample: 2023-10-25 }

languages:
  en_US:
    header:
      text: "Order #{{1}}"
      variables: [order]
    body:
      text: Hi {{1}}, your order {{2}} is confirmed. Estimated delivery {{3}}.
      variables: [customer, order, delivery]
    footer: Reply STOP to opt-out.

fallbacks:
  - template: order_confirmation_short
  - { template: order_confirmation_sms, channel: sms, sender: alerts }
`;

describe('a template file', () => {
  it('is read as it stands: dates stay texts, absent fields have their defaults (guide 001, section 1)', () => {
    const read = readTemplateFile(GUIDE_001, 'templates/order.yaml');
    expect(read).toMatchObject({
      ok: true,
      warnings: [],
      template: {
        file: 'templates/order.yaml',
        name: 'order_confirmation',
        version: 2,
        channel: 'whatsapp',
        category: 'UTILITY',
        emoji: 'keep',
        variables: [
          { name: 'customer', type: 'text', max: 60, sample: 'Customer' },
          { name: 'order', type: 'text', max: 20, sample: 'ORD-00000' },
          { name: 'delivery', type: 'date', max: 10, sample: '2023-10-25' },
        ],
        languages: [
          {
            language: 'en_US',
            header: { text: 'Order #{{1}}', variables: ['order'] },
            body: { variables: ['customer', 'order', 'delivery'] },
            footer: 'Reply STOP to opt-out.',
          },
        ],
        fallbacks: [
          { template: 'order_confirmation_short' },
          { template: 'order_confirmation_sms', channel: 'sms', sender: 'alerts' },
        ],
      },
    });
    if (read.ok) expect(read.template.lines.get('languages.en_US.body.text')).toBe(18);
  });

  it('takes a text without placeholders as it is, and the names in an SMS for its variables', () => {
    const menu = readTemplateFile(
      'name: menu\nchannel: whatsapp\ncategory: UTILITY\nlanguages:\n  no: { body: Hei. }\n',
      'a',
    );
    expect(menu).toMatchObject({
      ok: true,
      template: { languages: [{ language: 'no', body: { text: 'Hei.', variables: [] } }] },
    });
    const sms =
      'name: sms\nchannel: sms\nvariables: { b: { sample: 007 }, a: { sample: x } }\nlanguages: { en: { body: "{{a}} {{b}} {{a}}!" } }\n';
    expect(readTemplateFile(sms, 'a')).toMatchObject({
      ok: true,
      template: {
        emoji: 'text',
        variables: [{ name: 'b', sample: '007' }, { name: 'a' }],
        languages: [{ body: { variables: ['a', 'b'] } }],
      },
    });
  });

  it('is refused with all its problems at once, each with its line, in the order of the file', () => {
    const wrong = GUIDE_001.replace('name: order_confirmation', 'name: Order')
      .replace('category:', 'categorie:')
      .replace('2023-10-25', '25.10.2023')
      .replace('en_US:', 'en-US:')
      .replace('sender:', 'sendr:');
    expect(told(wrong)).toEqual([
      '1 needed category: is missing: UTILITY, MARKETING or AUTHENTICATION',
      '2 name name: has capital letters; on WhatsApp a name is of lower-case letters, digits and _',
      '5 unknown-field categorie: is not a known field: did you mean "category"?',
      '10 sample-type variables.delivery.sample: must be a date, for example 2026-10-25, as the variable is a date',
      '13 language languages.en-US: is no language: write en, en_US, pt_BR: did you mean "en_US"?',
      '24 needed fallbacks[1].sender: is missing: which sender on sms it is sent from',
      '24 unknown-field fallbacks[1].sendr: is not a known field: did you mean "sender"?',
    ]);
  });

  it.each([
    ['a tab that indents', 'name: a\nlanguages:\n\ten: 1\n', /^3 yaml : is no YAML: /],
    ['a quote that does not end', 'name: "a\nchannel: sms\n', /yaml : is no YAML: Missing closing "quote/],
    ['braces without quotes', 'name: a\nchannel: sms\nlanguages:\n  en:\n    body: {{a}} hello\n', /^5 yaml : /],
    ['a key given twice', 'name: a\nchannel: sms\nname: b\n', /^3 yaml : has the field "name" twice/],
    ['two documents', 'name: a\n---\nname: b\n', /yaml : is no YAML: .*multiple documents/],
    ['an alias', 'name: &a b\nchannel: *a\n', /^2 yaml : has an alias/],
    ['a tag', 'name: !thing a\n', /^1 yaml : is no YAML: Unresolved tag/],
    ['nothing', '', /^1 yaml : is empty/],
    ['a list', '- a\n', /^1 form : must have fields: name, version, channel/],
    ['a text', 'hello', /^1 form : must have fields/],
  ])('with %s is refused with its line', (_, text, problem) => {
    expect(told(text).some((one) => problem.test(one))).toBe(true);
  });
});

describe('a file that means harm', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (const [at, name] of [...'bcdefghi'].entries()) {
    bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[at]}`).join(', ')}]`);
  }

  it.each([
    ['grows by aliases', bomb.join('\n')],
    ['is nested twenty thousand deep', '['.repeat(20_000)],
    ['is nested deep in maps', '{a: '.repeat(5_000)],
    ['is nested deep, rightly', `a: ${'['.repeat(50)}${']'.repeat(50)}`],
    ['has thousands of fields', Array.from({ length: 5_000 }, (_, n) => `k${n}: 1`).join('\n')],
    ['names the prototype', '__proto__: { polluted: true }\nconstructor: { prototype: { polluted: true } }\n'],
    [
      'names the prototype where names are free',
      'variables: { __proto__: { sample: a } }\nlanguages: { __proto__: { body: a } }\n',
    ],
    ['is too large', `name: ${'a'.repeat(300_000)}`],
    [
      'has a payload to search for long',
      `channel: whatsapp\nlanguages: { en: { buttons: [{ payload: "${'a'.repeat(200_000)}" }] } }`,
    ],
  ])('is refused when it %s, with a bounded list', (_, text) => {
    const read = readTemplateFile(text, 'a.yaml');
    expect(read.ok).toBe(false);
    if (!read.ok) expect(read.problems.length).toBeLessThanOrEqual(201);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
