import { describe, expect, it } from '@jest/globals';
import { MessageContent, problemsOf, type TemplateDefinition } from '@heliograph/contracts';
import fc from 'fast-check';
import { definitions } from '../../test/arbitraries.ts';
import { orderConfirmation, orderSms, variable } from '../../test/definitions.ts';
import { placeholdersIn } from '../placeholders.ts';
import { renderTemplate } from './render-template.ts';

const GIVEN = { customer: 'John Doe', order: 'ORD-98765', delivery: '2023-11-01' };

function problems(definition: TemplateDefinition, given: Record<string, unknown>, language = 'en_US'): string[] {
  const rendered = renderTemplate(definition, language, given);
  return rendered.ok ? [] : rendered.problems.map(({ field, reason }) => `${field} ${reason}`);
}
/** A template with one variable, and what becomes of a value of it. */
const only = (
  given: Partial<TemplateDefinition['variables'][number]>,
  emoji: 'keep' | 'text' = 'keep',
): TemplateDefinition =>
  orderConfirmation({
    emoji,
    variables: [variable('order', given)],
    languages: [{ language: 'en_US', body: { text: 'Your order {{1}} is here.', variables: ['order'] } }],
  });

describe('named values become what the provider wants (guide 001, section 3)', () => {
  it('in the order of the template: header, then body, then buttons', () => {
    expect(
      renderTemplate(orderConfirmation({ version: 2, providerName: 'order_confirmation_v2' }), 'en_US', GIVEN),
    ).toEqual({
      ok: true,
      content: {
        type: 'template',
        name: 'order_confirmation_v2',
        language: 'en_US',
        variables: GIVEN,
        headerParameters: ['ORD-98765'],
        parameters: ['John Doe', 'ORD-98765', '2023-11-01'],
        buttonValues: [
          { index: 0, kind: 'quick-reply', value: 'CHECK_ORDER' },
          { index: 1, kind: 'url', value: 'ORD-98765' },
        ],
      },
      sanitised: [],
      text:
        'Order #ORD-98765\n\nHi John Doe, your order ORD-98765 is confirmed. Estimated delivery: 2023-11-01.\n\n' +
        'Reply STOP to opt-out.\n\n[Check Order Status] [Track]',
    });
  });

  it('by name where the text names them (guide 002, section 2)', () => {
    const rendered = renderTemplate(orderSms(), 'en_US', { order: 'ORD-1' });
    expect(rendered).toMatchObject({
      ok: true,
      text: 'Your order ORD-1 has shipped.',
      content: { variables: { order: 'ORD-1' }, parameters: ['ORD-1'] },
    });
  });

  it('numbers as they are', () => {
    expect(renderTemplate(only({ type: 'number' }), 'en_US', { order: 12.5 })).toMatchObject({
      content: { parameters: ['12.5'] },
    });
    expect(renderTemplate(only({}), 'en_US', { order: 7 })).toMatchObject({ content: { parameters: ['7'] } });
  });

  it('escaped where they end a link', () => {
    const rendered = renderTemplate(orderConfirmation(), 'en_US', { ...GIVEN, order: 'A 1/ü?%20' });
    expect(rendered.ok && rendered.content.buttonValues![1]!.value).toBe('A%201/%C3%BC?%20');
  });
});

describe('values that do not fit are refused by name, without their value (guide 001, section 3)', () => {
  it('when one is missing, surplus or misspelt', () => {
    expect(problems(orderConfirmation(), { custmer: 'John', order: 'ORD-1' })).toEqual([
      'variables.customer is missing: template "order_confirmation" wants a text',
      'variables.delivery is missing: template "order_confirmation" wants a date, for example 2026-10-25',
      'variables.custmer is not a variable of template "order_confirmation" (its variables are customer, order, delivery): did you mean "customer"?',
    ]);
    expect(problems(orderConfirmation({ variables: [] }), { a: 1 })[0]).toContain('(it has none)');
  });

  it('when the language is none of the template', () => {
    expect(problems(orderConfirmation(), GIVEN, 'en-US')).toEqual([
      'language is none of template "order_confirmation", which has en_US, de: did you mean "en_US"?',
    ]);
  });

  it.each([
    ['text', true, 'must be a text'],
    ['text', null, 'must be a text'],
    ['text', ['a'], 'must be a text'],
    ['text', '', 'is empty, or has nothing that may be sent'],
    ['text', ' \u0000 ', 'is empty, or has nothing that may be sent'],
    ['text', 'Hi {{name}}', 'has {{ or }}: a placeholder that was not filled in'],
    ['text', 'x'.repeat(61), 'has 61 characters; at most 60 are allowed'],
    ['number', '12,5', 'must be a number, for example 12.5'],
    ['number', Infinity, 'must be a number'],
    ['number', 1e21, 'must be a number'],
    ['date', '01.11.2023', 'must be a date, for example 2026-10-25'],
    ['date', '2023-02-29', 'must be a date'],
    ['date', '2023-11-01T10:00:00Z', 'must be a date'],
    ['amount', '12.50', 'must be an amount with its currency, for example 12.50 EUR'],
    ['amount', '12.50 XYZ', 'must be an amount'],
    ['url', 'javascript:alert(1)', 'must be a web address'],
    ['url', 'https://', 'must be a web address'],
  ] as const)('when a %s is given as %j', (type, value, problem) => {
    const [found] = problems(only({ type }), { order: value });
    expect(found).toContain(`variables.order ${problem}`);
    if (typeof value === 'string' && value.length > 8) expect(found).not.toContain(value);
  });

  it.each([
    ['number', '-12.5'],
    ['date', '2024-02-29'],
    ['amount', '1200.50 EUR'],
    ['amount', '-3 JPY'],
    ['url', 'https://track.example.com/1?a=b'],
    ['text', 'x'.repeat(60)],
    ['text', '👍'.repeat(60)],
  ] as const)('and taken when a %s is given as %.40j', (type, value) => {
    expect(problems(only({ type }), { order: value })).toEqual([]);
  });

  it('when the length is too much only before it was made fit, it is taken', () => {
    expect(problems(only({ max: 3 }), { order: 'a      b' })).toEqual([]);
  });

  it('when a link would be too long', () => {
    const order = variable('order', { max: 1024 });
    const definition = orderConfirmation({
      variables: [orderConfirmation().variables[0]!, order, orderConfirmation().variables[2]!],
    });
    expect(problems(definition, { ...GIVEN, order: 'ü'.repeat(400) })).toEqual([
      'variables.order makes the link of button "Track" 2426 characters long; at most 2000 are allowed',
    ]);
  });

  it('when an SMS would be of more than five segments', () => {
    const long = orderSms({
      languages: [{ language: 'en_US', body: { text: `${'x'.repeat(750)} {{order}}`, variables: ['order'] } }],
    });
    expect(problems(long, { order: 'ORD-1234567890' })).toEqual(
      ['variables would make an SMS of 765 characters; at most 765 can be sent'].slice(1),
    );
    expect(problems(long, { order: 'ORD-12345678901' })).toEqual([
      'variables would make an SMS of 766 characters; at most 765 can be sent',
    ]);
  });
});

describe('what was done to values is told by name, without the value (guide 001, edge case 3)', () => {
  it('per variable', () => {
    const rendered = renderTemplate(orderConfirmation({ emoji: 'text' }), 'de', {
      customer: 'Zoe\u0308 👍\u0000',
      order: 'ORD-1',
      delivery: ' 2023-11-01\n',
    });
    expect(rendered).toMatchObject({
      content: { parameters: ['Zoë (thumbs up)', 'ORD-1', '2023-11-01'] },
      sanitised: [
        { variable: 'customer', changes: ['control-characters', 'emoji', 'normalised'] },
        { variable: 'delivery', changes: ['white-space'] },
      ],
    });
  });
});

describe('rendering', () => {
  const withValues = definitions.chain((definition) =>
    fc.record({
      definition: fc.constant(definition),
      values: fc.record(
        Object.fromEntries(
          definition.variables.map(({ name, type, sample }) => [
            name,
            type === 'text'
              ? fc.oneof(
                  fc.string({ unit: 'binary', maxLength: 30 }),
                  fc.constantFrom('{', '}', '{{1}}', '{x}', '$1', '$&'),
                )
              : fc.constant(sample),
          ]),
        ),
      ),
    }),
  );

  it('leaves no {{…}}, and fills every list in the order of the definition', () => {
    fc.assert(
      fc.property(withValues, ({ definition, values }) => {
        for (const { language, header, body, buttons = [] } of definition.languages) {
          const rendered = renderTemplate(definition, language, values);
          if (!rendered.ok) {
            expect(Object.values(values).some((value) => /[{}]|^[\s\p{C}]*$/u.test(value))).toBe(true);
            continue;
          }
          const { content, text } = rendered;
          const sent = content.variables as Record<string, string>;
          expect(text).not.toMatch(/\{\{.*?\}\}/s);
          expect(problemsOf(MessageContent, content)).toEqual([]);
          expect(content.parameters).toEqual(body.variables.map((name) => sent[name]));
          expect(content.headerParameters ?? []).toEqual((header?.variables ?? []).map((name) => sent[name]));
          expect((content.buttonValues ?? []).map(({ index }) => index)).toEqual(
            buttons.flatMap(({ kind, variable: its }, index) => (kind === 'reply' || its !== undefined ? [index] : [])),
          );
          if (definition.channel === 'whatsapp') {
            expect(content.parameters).toHaveLength(new Set(placeholdersIn(body.text)).size);
          }
          expect(renderTemplate(definition, language, sent)).toEqual({ ...rendered, sanitised: [] });
        }
      }),
    );
  });
});
