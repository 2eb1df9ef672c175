import type {
  TemplateButton,
  TemplateDefinition,
  TemplateLanguage,
  TemplateText,
  TemplateVariable,
} from '@heliograph/contracts';
import fc from 'fast-check';
import { providerNameOf } from '../src/definition.ts';
import { APPLIED_AT } from './definitions.ts';

const SAMPLES = {
  text: 'Ada',
  number: '12.5',
  date: '2026-10-25',
  amount: '12.50 EUR',
  url: 'https://example.com/1',
} as const;

const variables: fc.Arbitrary<TemplateVariable[]> = fc
  .array(fc.tuple(fc.constantFrom('text', 'number', 'date', 'amount', 'url'), fc.integer({ min: 30, max: 90 })), {
    maxLength: 5,
  })
  .map((types) =>
    types.map(([type, max], index) => ({ name: `field_${'abcde'[index]}`, type, max, sample: SAMPLES[type] })),
  );

/** Words, and all that YAML has a meaning for. */
const word = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((text) => !/[{}\p{C}]|^\s*$/u.test(text)),
  fc.constantFrom(
    'yes',
    'no',
    'null',
    '12',
    '- a',
    'a: b',
    '# c',
    '"q"',
    "it's",
    '*',
    '&',
    '!x',
    '|',
    '>',
    '%',
    '@',
    '👍',
    '  two',
  ),
);
const words = fc.array(word, { minLength: 3, maxLength: 6 }).map((all) => all.join(' '));
const line = word.map((text) => `a${text}`);

const LINES = [' ', '\n', '\n\n', ' \n ', ', '];

/** A body with a placeholder for each name, words around all of them. */
const body = (
  names: readonly string[],
  placeholder: (name: string, index: number) => string,
): fc.Arbitrary<TemplateText> =>
  fc
    .tuple(
      fc.array(fc.tuple(words, fc.constantFrom(...LINES)), { minLength: names.length, maxLength: names.length }),
      words,
    )
    .map(([before, end]) => ({
      text: before.map(([text, gap], index) => `${text}${gap}${placeholder(names[index]!, index)} `).join('') + end,
      variables: [...names],
    }));

const shuffled = (names: readonly string[]) => fc.shuffledSubarray([...names], { minLength: names.length });

const buttons = (of: readonly TemplateVariable[]): fc.Arbitrary<TemplateButton[]> => {
  const ends = of.filter(({ type }) => type !== 'url').map(({ name }) => name);
  const link = fc.constantFrom(undefined, ...ends).map((variable) => ({
    kind: 'url' as const,
    title: 'Open it',
    url: `https://example.com/${variable === undefined ? '' : '{{1}}'}`,
    ...(variable !== undefined && { variable }),
  }));
  const replies = fc.integer({ min: 0, max: 3 }).map((count) =>
    Array.from({ length: count }, (_, n) => ({
      kind: 'reply' as const,
      title: `Answer ${n}`,
      payload: `ANSWER_${n}`,
    })),
  );
  const others = fc.subarray<TemplateButton>([
    { kind: 'phone', title: 'Call us', phone: '+15550051310' },
    { kind: 'copy-code', title: 'Copy', code: '25OFF' },
  ]);
  const links = fc.array(link, { maxLength: 1 });
  return fc.tuple(replies, links, others).map((all) => all.flat());
};

const whatsappLanguage = (of: readonly TemplateVariable[], language: string): fc.Arbitrary<TemplateLanguage> =>
  fc
    .record({
      header: fc.option(fc.tuple(line, fc.option(fc.constantFrom(...of.map(({ name }) => name), ''), { nil: '' })), {
        nil: undefined,
      }),
      body: shuffled(of.map(({ name }) => name)).chain((names) => body(names, (_, index) => `{{${index + 1}}}`)),
      footer: fc.option(line, { nil: undefined }),
      buttons: buttons(of),
    })
    .map(({ header, body: text, footer, buttons: its }) => ({
      language,
      ...(header && {
        header: { text: header[1] ? `${header[0]} {{1}}` : header[0], variables: header[1] ? [header[1]] : [] },
      }),
      body: text,
      ...(footer !== undefined && { footer }),
      ...(its.length > 0 && { buttons: its }),
    }));

const namedLanguage = (
  of: readonly TemplateVariable[],
  language: string,
  channel: 'sms' | 'email',
): fc.Arbitrary<TemplateLanguage> =>
  fc
    .tuple(
      shuffled(of.map(({ name }) => name)).chain((names) => body(names, (name) => `{{${name}}}`)),
      line,
    )
    .map(([text, subject]) => ({
      language,
      ...(channel === 'email' && { subject: { text: subject, variables: [] } }),
      body: text,
    }));

const ofChannel = (channel: TemplateDefinition['channel']): fc.Arbitrary<TemplateDefinition> =>
  fc
    .record({
      its: variables,
      version: fc.integer({ min: 1, max: 20 }),
      languages: fc.subarray(['en', 'en_US', 'de', 'pt_BR'], { minLength: 1 }),
    })
    .chain(({ its, version, languages }) =>
      fc.record({
        tenant: fc.constant('acme'),
        account: fc.constant('acme-genesys'),
        name: fc.constantFrom('order_confirmation', 'a', '7_days'),
        version: fc.constant(version),
        channel: fc.constant(channel),
        category:
          channel === 'whatsapp' ? fc.constantFrom('UTILITY', 'MARKETING', 'AUTHENTICATION') : fc.constant(undefined),
        variables: fc.constant(its),
        languages: fc.tuple(
          ...languages.map((language) =>
            channel === 'whatsapp' ? whatsappLanguage(its, language) : namedLanguage(its, language, channel),
          ),
        ),
        fallbacks: fc.subarray([
          { template: 'short' },
          { template: 'by_sms', channel: 'sms' as const, sender: 'alerts' },
        ]),
        emoji: fc.constantFrom('keep' as const, 'text' as const),
      }),
    )
    .map(({ category, fallbacks, ...rest }) => ({
      ...rest,
      ...(category && { category }),
      fallbacks: channel === 'sms' ? fallbacks.slice(0, 0) : fallbacks,
      providerName: providerNameOf(rest.name, rest.version),
      appliedAt: APPLIED_AT,
    }));

/** Definitions that a file can say: of every channel, with every kind of text and button. */
export const definitions: fc.Arbitrary<TemplateDefinition> = fc.oneof(
  ofChannel('whatsapp'),
  ofChannel('sms'),
  ofChannel('email'),
);
