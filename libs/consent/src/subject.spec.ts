import { SUBJECT } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { Subjects } from './subject.ts';

const KEY = 'k'.repeat(32);
const subjects = new Subjects(KEY);
const of = (over: object = {}) => subjects.of({ tenant: 'acme', channel: 'sms', address: '+15550001234', ...over });

describe('the subject of a contact', () => {
  it('is a keyed hash without the address', () => {
    expect(of()).toMatch(SUBJECT);
    expect(of()).not.toContain('15550001234');
    expect(new Subjects('j'.repeat(32)).of({ tenant: 'acme', channel: 'sms', address: '+15550001234' })).not.toBe(of());
  });

  it('is one person on WhatsApp and by SMS, and another one at every other tenant and channel', () => {
    expect(of({ channel: 'whatsapp', address: '15550001234' })).toBe(of());
    const others = [
      of({ tenant: 'other' }),
      of({ channel: 'open', address: '15550001234' }),
      of({ address: '+15550001235' }),
    ];
    expect(new Set([of(), ...others]).size).toBe(4);
  });

  it('is never that of others, whatever separators their names have', () => {
    expect(of({ tenant: 'a","b', channel: 'open', address: 'c' })).not.toBe(
      of({ tenant: 'a', channel: 'open', address: 'b","c' }),
    );
  });

  it('needs a key that cannot be tried out', () => {
    expect(() => new Subjects('short')).toThrow('the key must have 32 bytes or more');
  });
});
