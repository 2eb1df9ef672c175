import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { choiceOf } from './choice-of.ts';

const choice = (label: string) => ({ label, value: `value of ${label}` });
const offered = ['Billing', 'Technical Support', '24/7 line', '1'].map(choice);

describe('a reply to a numbered list', () => {
  it.each([
    ['1', 'Billing'],
    [' 2 ', 'Technical Support'],
    ['2.', 'Technical Support'],
    ['3)', '24/7 line'],
    ['Billing', 'Billing'],
    [' Technical Support\n', 'Technical Support'],
    ['24/7 line', '24/7 line'],
  ])('"%s" means %s', (reply, label) => {
    expect(choiceOf(reply, offered)).toEqual(choice(label));
  });

  it.each([
    '',
    ' ',
    '0',
    '5',
    '01',
    '+1',
    '1.0',
    '-1',
    '1 2',
    '1 please',
    'billing',
    'Bill',
    '①',
    '٢',
    '1..',
    'toString',
  ])('"%s" means none', (reply) => {
    expect(choiceOf(reply, offered)).toBeUndefined();
  });

  it('means exactly the choice of a number or a label, whatever is offered', () => {
    const label = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((one) => one.trim() !== '');
    const labels = fc.uniqueArray(label, { minLength: 1, maxLength: 20, selector: (one) => one.trim() });
    fc.assert(
      fc.property(labels, fc.string({ maxLength: 4 }), (names, reply) => {
        const choices = names.map(choice);
        for (const [index, one] of choices.entries()) {
          expect(choiceOf(String(index + 1), choices)).toBe(one);
          const isNumber = /^\d{1,2}[.)]?$/.test(one.label.trim());
          if (!isNumber) expect(choiceOf(one.label, choices)).toBe(one);
        }
        const found = choiceOf(reply, choices);
        const isMeant = (index: number) =>
          [`${index + 1}`, `${index + 1}.`, `${index + 1})`, names[index]!.trim()].includes(reply.trim());
        expect(found !== undefined).toBe(names.some((_, index) => isMeant(index)));
      }),
    );
  });
});
