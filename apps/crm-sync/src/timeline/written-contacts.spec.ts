import { describe, expect, it } from '@jest/globals';
import { contactOf, type Contact } from '../crm/contact.ts';
import { parties } from '@heliograph/testing';
import { WrittenContacts } from './written-contacts.ts';
import { SUBJECTS } from '../../test/subjects.ts';

const contact = (): Contact => contactOf(parties(), SUBJECTS);

describe('the contacts this process has written', () => {
  it('are known until something about them changes', () => {
    const written = new WrittenContacts();
    const one = contact();
    expect(written.has(one)).toBe(false);
    written.remember(one);
    expect(written.has(one)).toBe(true);
    expect(written.has({ ...one, fields: { ...one.fields, address: 'another' } })).toBe(false);
    written.forget(one);
    expect(written.has(one)).toBe(false);
  });

  it('are bounded: the one used longest ago is forgotten', () => {
    const written = new WrittenContacts(2);
    const [one, two, three] = [contact(), contact(), contact()];
    written.remember(one);
    written.remember(two);
    expect(written.has(one)).toBe(true);
    written.remember(three);
    expect([one, two, three].map((each) => written.has(each))).toEqual([true, false, true]);
  });
});
