import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { MessageContent } from '@heliograph/contracts';
import { SettingsFileError } from '@heliograph/runtime';
import fc from 'fast-check';
import { register } from 'prom-client';
import { ContentFilters } from './content-filters.ts';

const folder = mkdtempSync(join(tmpdir(), 'heliograph-filters-'));
const filter = (over: object = {}) => ({ tenant: 'acme', name: 'one', action: 'mask', words: ['darn'], ...over });

function read(...filters: unknown[]): ContentFilters {
  const path = join(folder, 'filters.json');
  writeFileSync(path, JSON.stringify({ filters }));
  return ContentFilters.read(path, ['acme', 'globex']);
}
function problemsOf(...filters: unknown[]): string[] {
  try {
    read(...filters);
  } catch (error) {
    if (error instanceof SettingsFileError) return error.problems.map(({ field, reason }) => `${field} ${reason}`);
    throw error;
  }
  return [];
}
const text = (said: string): MessageContent => ({ type: 'text', text: said });

describe('content filters (guide 003, "Agent Behavior": data filtering)', () => {
  it('block, naming filter and fields and not what they found', () => {
    const filters = read(
      filter({ name: 'cards', action: 'block', words: undefined, patterns: ['\\b(?:\\d[ -]?){13,16}\\b'] }),
      filter({ name: 'words', action: 'block' }),
      filter({ name: 'never', action: 'block', words: ['never'] }),
    );
    const content = text('my card is 4111 1111 1111 1111, darn');
    expect(filters.judge('acme', content)).toEqual({
      verdict: 'blocked',
      by: [
        { filter: 'cards', fields: ['text'] },
        { filter: 'words', fields: ['text'] },
      ],
    });
  });

  it('mask what they found, one asterisk per character, and nothing else', () => {
    const filters = read(filter({ words: ['darn', 'go to hell'], patterns: ['(?i)code \\d+', '😀+'] }));
    const masked = filters.judge('acme', text('Dárn 😀😀! Go to hell with CODE 123 and hello'));
    expect(masked).toEqual({
      verdict: 'passed',
      content: text('**** **! ********** with ******** and hello'),
      flagged: [],
    });
  });

  it('flag with their name, in what was given before it was masked, and leave it as it is', () => {
    const filters = read(filter({ name: 'seen', action: 'flag' }), filter({ name: 'hidden' }));
    expect(filters.judge('acme', text('darn'))).toEqual({
      verdict: 'passed',
      content: text('****'),
      flagged: ['seen'],
    });
  });

  it('leave a content in which nothing is found, and other tenants, alone: the very same object', () => {
    const filters = read(filter({ action: 'block' }));
    for (const [tenant, content] of [
      ['acme', text('hello')],
      ['globex', text('darn')],
    ] as const) {
      const judged = filters.judge(tenant, content);
      expect(judged).toEqual({ verdict: 'passed', content, flagged: [] });
      expect(judged.verdict === 'passed' && judged.content).toBe(content);
    }
    expect(ContentFilters.none.judge('acme', text('darn'))).toMatchObject({ verdict: 'passed' });
  });

  const contents: [field: string, content: MessageContent][] = [
    ['text', text('darn')],
    ['parameters.1', { type: 'template', name: 'darn', language: 'en', parameters: ['a', 'darn'] }],
    ['caption', { type: 'image', url: 'https://darn.example.test/darn', caption: 'darn' }],
    ['fileName', { type: 'file', url: 'https://darn.example.test', fileName: 'darn.pdf' }],
    ['title', { type: 'quick-reply', title: 'darn', choices: [{ label: 'a', value: 'darn' }] }],
    [
      'choices.1.label',
      {
        type: 'quick-reply',
        title: 'a',
        choices: [
          { label: 'b', value: 'darn' },
          { label: 'darn', value: 'c' },
        ],
      },
    ],
    [
      'subtitle',
      { type: 'card', title: 'a', subtitle: 'darn', actions: [{ type: 'postback', title: 'b', payload: 'darn' }] },
    ],
    [
      'actions.0.title',
      {
        type: 'card',
        title: 'a',
        imageUrl: 'https://darn.example.test',
        actions: [{ type: 'web_url', title: 'darn', url: 'https://darn.example.test' }],
      },
    ],
    ['label', { type: 'location', latitude: 1, longitude: 2, label: 'darn' }],
    ['numbered.0.label', { ...text('1. one'), numbered: [{ label: 'darn', value: 'darn' }] }],
  ];

  it.each(contents)('look into %s and into no address, name or payload', (field, content) => {
    expect(read(filter({ action: 'block' })).judge('acme', content)).toEqual({
      verdict: 'blocked',
      by: [{ filter: 'one', fields: [field] }],
    });
    const masked = read(filter()).judge('acme', content);
    const [first, ...rest] = JSON.stringify(content).split('"darn"');
    expect(masked.verdict).toBe('passed');
    if (field === 'fileName') return expect(masked).toMatchObject({ content: { fileName: '****.pdf' } });
    expect(JSON.stringify(masked).match(/"\*{4}"/g)).toHaveLength(1);
    expect(JSON.stringify(masked).split('darn')).toHaveLength(JSON.stringify(content).split('darn').length - 1);
    expect([first, rest.length > 0]).toEqual([first, true]);
  });

  it('never make a text longer, whatever they find', () => {
    const filters = read(filter({ patterns: ['[a-f]+', '\\p{So}', '.\\b.'] }));
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }), (said) => {
        const judged = filters.judge('acme', text(said));
        const masked = judged.verdict === 'passed' ? judged.content.text! : '';
        expect(Array.from(masked)).toHaveLength(Array.from(said).length);
      }),
    );
  });

  it('take patterns on which a backtracking engine would not end', () => {
    const filters = read(filter({ action: 'flag', words: undefined, patterns: ['^(a+)+$', '^(a|aa)+$', '(x+x+)+y'] }));
    for (const said of ['a'.repeat(4000) + '!', 'x'.repeat(4000)]) {
      expect(filters.judge('acme', text(said))).toMatchObject({ flagged: [] });
    }
  });

  it('are counted by tenant, filter and action', async () => {
    const filters = read(filter({ name: 'counted', action: 'flag' }));
    for (const said of ['darn', 'darn darn', 'fine']) filters.judge('acme', text(said));
    const line = 'heliograph_content_filter_matches_total{tenant="acme",filter="counted",action="flag"} 2';
    expect(await register.metrics()).toContain(line);
  });
});

describe('the file of content filters', () => {
  it('is refused with all its problems at once, each with its field', () => {
    const problems = problemsOf(
      filter({ tenant: 'acmee' }),
      filter({ words: ['!!', 'fine', '🖕'] }),
      filter({ name: 'two', words: undefined, patterns: ['(', 'x*', '(?=a)', '\\1', 'fine'] }),
      filter({ name: 'three', words: undefined }),
      filter({ name: 'three' }),
    );
    expect(problems).toEqual([
      'filters[0].tenant is no tenant of the accounts file',
      'filters[1].words[0] has no letter and no digit: use a pattern',
      'filters[1].words[2] has no letter and no digit: use a pattern',
      expect.stringMatching(/^filters\[2\]\.patterns\[0\] is no regular expression of RE2: .*missing closing \)/),
      'filters[2].patterns[1] finds something in an empty text',
      expect.stringMatching(/^filters\[2\]\.patterns\[2\] is no regular expression of RE2: /),
      expect.stringMatching(/^filters\[2\]\.patterns\[3\] is no regular expression of RE2: /),
      'filters[3] has neither words nor patterns',
      'filters[4].name is the same as filters[3].name',
    ]);
  });

  it('is refused for what is misspelt or of a wrong type', () => {
    expect(problemsOf(filter({ action: 'drop' }), filter({ wrods: [] }), filter({ words: [] }), 7)).toEqual([
      'filters each value must be an object',
      'filters[0].action must be one of the following values: block, mask, flag',
      'filters[1].wrods is not a known field',
      'filters[2].words should not be empty',
      'filters[3] must be an object',
    ]);
  });

  it('holds one name once per tenant, and at most 50 filters of a tenant', () => {
    expect(problemsOf(filter(), filter({ tenant: 'globex' }))).toEqual([]);
    const many = Array.from({ length: 51 }, (_, index) => filter({ name: `f${index}` }));
    expect(problemsOf(...many.slice(0, 50))).toEqual([]);
    expect(problemsOf(...many)).toEqual(['filters[50] is one more than the 50 filters that a tenant can have']);
  });

  it('need not be there', () => {
    expect(ContentFilters.read(undefined, [])).toBe(ContentFilters.none);
  });
});
