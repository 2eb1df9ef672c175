import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MessageContent, TemplateButtonValue } from '@heliograph/contracts';
import { componentParameters, flatParameters, keyedParameters, valuesOf } from './template-parameters.ts';

type Values = Pick<MessageContent, 'headerParameters' | 'parameters' | 'buttonValues' | 'variables'>;
const link = (index: number, value: string): TemplateButtonValue => ({ index, kind: 'url', value });
const reply = (index: number, value: string): TemplateButtonValue => ({ index, kind: 'quick-reply', value });
const guide: Values = { headerParameters: ['ORD-98765'], parameters: ['John Doe', 'ORD-98765', '2023-11-01'] };

describe('values as a flat list (guide 001, section 3)', () => {
  it.each<[string, Values, string[]]>([
    [
      'the header comes first, then the body, as the guide shows it',
      guide,
      ['ORD-98765', 'John Doe', 'ORD-98765', '2023-11-01'],
    ],
    ['without a header the body is first', { parameters: ['a', 'b'] }, ['a', 'b']],
    [
      'links come last, by their place',
      { parameters: ['a'], buttonValues: [link(2, 'z'), link(0, 'y')] },
      ['a', 'y', 'z'],
    ],
    ['what a reply sends back is no parameter: it stands in the template', { buttonValues: [reply(0, 'TOKEN')] }, []],
    ['nothing has no values', {}, []],
  ])('%s', (_title, values, expected) => {
    expect(flatParameters(values)).toEqual(expected);
  });
});

describe('values by name (guide 002, section 3)', () => {
  it.each<[string, Values, object]>([
    [
      'texts as they are',
      { variables: { order_id: 'ORD-1', link: '' } },
      { ok: true, value: { order_id: 'ORD-1', link: '' } },
    ],
    [
      'numbers and truth values as texts',
      { variables: { n: 2.5, yes: true } },
      { ok: true, value: { n: '2.5', yes: 'true' } },
    ],
    ['a template without values', {}, { ok: true, value: {} }],
    ['values without names are refused', { parameters: ['ORD-1'] }, { ok: false, reason: 'its values have no names' }],
    [
      'anything else is refused by name, not by value',
      { variables: { order: { id: 'secret' } } },
      { ok: false, reason: 'variables.order is not a text, number or truth value' },
    ],
  ])('%s', (_title, values, expected) => {
    expect(keyedParameters(values)).toEqual(expected);
  });
});

describe('values as components (guide 000, section 4)', () => {
  const text = (value: string) => ({ type: 'text', text: value });
  it.each<[string, Values, object[]]>([
    [
      'the body alone, as the guide shows it',
      { parameters: ['ORD-789456'] },
      [{ type: 'body', parameters: [text('ORD-789456')] }],
    ],
    [
      'header before body',
      { headerParameters: ['1'], parameters: ['2'] },
      [
        { type: 'header', parameters: [text('1')] },
        { type: 'body', parameters: [text('2')] },
      ],
    ],
    [
      'a component for each button with a value, by its place, which is a text',
      { buttonValues: [link(1, '4417-DE'), reply(0, 'CHECK_ORDER')] },
      [
        {
          type: 'button',
          sub_type: 'quick_reply',
          index: '0',
          parameters: [{ type: 'payload', payload: 'CHECK_ORDER' }],
        },
        { type: 'button', sub_type: 'url', index: '1', parameters: [text('4417-DE')] },
      ],
    ],
    ['none for parts without values', { headerParameters: [], parameters: [] }, []],
  ])('%s', (_title, values, expected) => {
    expect(componentParameters(values)).toEqual(expected);
  });
});

const anyValues: fc.Arbitrary<Required<Omit<Values, 'variables'>>> = fc.record({
  headerParameters: fc.array(fc.string(), { maxLength: 2 }),
  parameters: fc.array(fc.string(), { maxLength: 12 }),
  buttonValues: fc.uniqueArray(
    fc.record({
      index: fc.integer({ min: 0, max: 9 }),
      kind: fc.constantFrom('url' as const, 'quick-reply' as const),
      value: fc.string(),
    }),
    { selector: ({ index }) => index, maxLength: 10 },
  ),
});

describe('in every dialect', () => {
  it('the order is header, body, buttons, whatever the values and the order they are given in', () => {
    fc.assert(
      fc.property(anyValues, (values) => {
        const components = componentParameters(values) as {
          type: string;
          index?: string;
          parameters: { text?: string }[];
        }[];
        const rank = ['header', 'body', 'button'];
        const ranks = components.map(({ type }) => rank.indexOf(type));
        expect(ranks).toEqual([...ranks].sort());
        const places = components.flatMap(({ index }) => (index === undefined ? [] : [Number(index)]));
        expect(places).toEqual([...places].sort((a, b) => a - b));
        const texts = components.flatMap(({ parameters }) => parameters.flatMap(({ text }) => text ?? []));
        expect(flatParameters(values)).toEqual(texts);
        const { headerParameters: header, parameters: body } = values;
        expect(texts.slice(0, header.length + body.length)).toEqual([...header, ...body]);
      }),
    );
  });

  it('every value that is sent is one that reasons hide', () => {
    fc.assert(
      fc.property(anyValues, fc.dictionary(fc.string(), fc.string()), (values, variables) => {
        const hidden = new Set(valuesOf({ ...values, variables }));
        const keyed = keyedParameters({ variables });
        const sent = [...flatParameters(values), ...(keyed.ok ? Object.values(keyed.value) : [])];
        expect(sent.filter((value) => !hidden.has(value))).toEqual([]);
      }),
    );
  });
});
