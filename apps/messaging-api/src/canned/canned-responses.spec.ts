import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fit } from '@heliograph/channels';
import { CHANNELS } from '@heliograph/contracts';
import { SettingsFileError } from '@heliograph/runtime';
import fc from 'fast-check';
import { CannedResponses } from './canned-responses.ts';
import { fill, variablesOf } from './canned-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'heliograph-canned-'));
const response = (over: object = {}) => ({ tenant: 'acme', name: 'greeting', text: 'Hello {{customer}}!', ...over });

function read(...responses: unknown[]): CannedResponses {
  const path = join(folder, 'canned.json');
  writeFileSync(path, JSON.stringify({ responses }));
  return CannedResponses.read(path, ['acme', 'globex']);
}
function problemsOf(...responses: unknown[]): string[] {
  try {
    read(...responses);
  } catch (error) {
    if (error instanceof SettingsFileError) return error.problems.map(({ field, reason }) => `${field} ${reason}`);
    throw error;
  }
  return [];
}

describe('canned responses (guide 003, "Agent Behavior")', () => {
  const canned = read(response(), response({ name: 'bye', text: 'Bye.' }), response({ tenant: 'globex', text: 'Hi.' }));

  it('are a tenant’s own, by name, with their variables', () => {
    expect(canned.of('acme')).toEqual([
      { name: 'bye', text: 'Bye.', variables: [] },
      { name: 'greeting', text: 'Hello {{customer}}!', variables: ['customer'] },
    ]);
    expect(canned.of('globex')).toHaveLength(1);
    expect(canned.of('other')).toEqual([]);
  });

  it('are filled with values, which are taken as they are', () => {
    expect(canned.render('acme', 'greeting', { customer: '$& {{agent}} \\1' })).toBe('Hello $& {{agent}} \\1!');
    expect(canned.render('acme', 'bye', {})).toBe('Bye.');
  });

  it('are carried by every channel as they are', () => {
    const content = { type: 'text' as const, text: canned.render('acme', 'greeting', { customer: 'Ann' }) as string };
    const as = { ok: true, contents: [content], degraded: false };
    expect(CHANNELS.map((channel) => fit(content, channel, 'refuse'))).toEqual(CHANNELS.map(() => as));
  });

  it('are refused with every missing, surplus and wrong variable by its name', () => {
    expect(canned.render('acme', 'greeting', { custmer: 'a', agent: 'b' })).toEqual([
      { field: 'variables.customer', reason: 'is missing' },
      { field: 'variables.custmer', reason: 'is not a variable of this response: its variables are customer' },
      { field: 'variables.agent', reason: 'is not a variable of this response: its variables are customer' },
    ]);
    expect(canned.render('acme', 'bye', { a: 'b' })).toEqual([
      { field: 'variables.a', reason: 'is not a variable of this response: it has no variables' },
    ]);
    for (const wrong of ['', 7, null, 'x'.repeat(1025)]) {
      expect(canned.render('acme', 'greeting', { customer: wrong })).toMatchObject([{ field: 'variables.customer' }]);
    }
  });

  it('that are not there are refused, naming those that are and the nearest', () => {
    expect(canned.render('acme', 'greetings', {})).toEqual([
      {
        field: 'name',
        reason: 'is not one of your canned responses (known: bye, greeting): did you mean "greeting"?',
      },
    ]);
    expect(canned.render('globex', 'bye', {})).toMatchObject([{ reason: expect.stringContaining('known: greeting') }]);
    for (const name of ['toString', 'constructor']) expect(canned.render('other', name, {})).toHaveLength(1);
  });

  it('say exactly the values where the variables stood, for any values', () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(fill('<{{one}}|{{two}}|{{one}}>', { one: a, two: b })).toBe(`<${a}|${b}|${a}>`);
      }),
    );
    expect(variablesOf('{{b}} {{a}} {{b}}')).toEqual(['b', 'a']);
  });
});

describe('the file of canned responses', () => {
  it('is refused with all its problems at once, each with its field', () => {
    expect(
      problemsOf(
        response({ tenant: 'acmee' }),
        response({ name: 'a', text: 'Hello {{ customer }}' }),
        response({ name: 'a', text: 'Hello {{customer}' }),
        response({ name: 'c', text: 'Hello {{1}} {{{x}}}' }),
      ),
    ).toEqual([
      'responses[0].tenant is no tenant of the accounts file',
      'responses[1].text has {{ or }} that belong to no variable',
      'responses[2].name is the same as responses[1].name',
      'responses[2].text has {{ or }} that belong to no variable',
      'responses[3].text has {{ or }} that belong to no variable',
    ]);
    expect(problemsOf(response({ text: '' }), response({ name: 'a b' }), response({ words: [] }))).toEqual([
      'responses[0].text should not be empty',
      'responses[1].name must be 1 to 63 letters, digits, dots, dashes or underscores',
      'responses[2].words is not a known field',
    ]);
  });

  it('need not be there', () => {
    expect(CannedResponses.read(undefined, []).of('acme')).toEqual([]);
  });
});
