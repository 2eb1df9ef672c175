import { canonicalAddress } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { getCountries, getExampleNumber, type CountryCode, type PhoneNumber } from 'libphonenumber-js';
import examples from 'libphonenumber-js/examples.mobile.json' with { type: 'json' };
import { readAddress } from './contact-address.ts';

const COUNTRIES = getCountries().filter((country) => getExampleNumber(country, examples));
const exampleOf = (country: CountryCode): PhoneNumber => getExampleNumber(country, examples)!;
/** Shown digit by digit as people in other places write them. */
const inDigits = (text: string, zero: number): string =>
  text.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
const WRITTEN: Record<string, (number: PhoneNumber) => string> = {
  international: (number) => number.formatInternational(),
  'E.164': (number) => number.number,
  national: (number) => number.formatNational(),
  'with a prefix': (number) => `whatsapp:${number.number}`,
  'with dots': (number) => number.formatInternational().replace(/[ -]/g, '.'),
  'with non-breaking blanks': (number) => number.formatInternational().replaceAll(' ', '\u00A0'),
  'in Arabic digits': (number) => inDigits(number.number, 0x660),
  'in full width': (number) => inDigits(number.formatNational(), 0xff10),
};

describe('a phone number in a file', () => {
  it('is the same contact however it is written in its country (libphonenumber)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COUNTRIES),
        fc.constantFrom(...Object.keys(WRITTEN)),
        fc.constantFrom('whatsapp', 'sms'),
        (country, how, channel) => {
          const number = exampleOf(country);
          const read = readAddress(channel, WRITTEN[how]!(number), country);
          expect({ how, ...read }).toEqual({ how, address: canonicalAddress(channel, number.number) });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('with its calling code is the same contact whatever the country of the campaign', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COUNTRIES),
        fc.option(fc.constantFrom(...COUNTRIES), { nil: undefined }),
        (of, campaign) => {
          const { number } = exampleOf(of);
          expect(readAddress('sms', number, campaign)).toEqual({ address: number });
        },
      ),
    );
  });

  it('becomes an address of the channel or a reason, whatever stands there', () => {
    const written = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[+\d ().\-e,x]{0,20}$/));
    fc.assert(
      fc.property(written, fc.option(fc.constantFrom(...COUNTRIES), { nil: undefined }), (raw, country) => {
        const read = readAddress('sms', raw, country);
        if ('address' in read) expect(canonicalAddress('sms', read.address)).toBe(read.address);
        else expect(read.wrong).toMatch(/^(is|has|was) /);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['0171 1234567', 'DE', '+491711234567'],
    ['0049 171 1234567', 'DE', '+491711234567'],
    ['011 49 171 1234567', 'US', '+491711234567'],
    ['(212) 555-0101', 'US', '+12125550101'],
    ['1 212 555 0101', 'US', '+12125550101'],
    ['12125550101', undefined, '+12125550101'],
    ['tel:+12125550101', undefined, '+12125550101'],
  ] as const)('%s in %s is %s', (raw, country, address) => {
    expect(readAddress('sms', raw, country)).toEqual({ address });
  });

  it.each([
    ['4.91711E+11', 'DE', 'was rounded by a spreadsheet'],
    ['4,91711E+11', 'DE', 'was rounded by a spreadsheet'],
    ['0171 1234567', undefined, 'give the campaign a country'],
    ['+49 171 1234567 ext. 5', 'DE', 'has an extension'],
    ['+1 212 555', 'US', 'too many or too few digits'],
    ['1-800-FLOWERS', 'US', 'is no phone number'],
    ['ask Jana', 'DE', 'is no phone number'],
  ] as const)('%s in %s is refused: %s', (raw, country, reason) => {
    expect(readAddress('sms', raw, country)).toEqual({ wrong: expect.stringContaining(reason) });
  });

  it('is not looked for where the channel has other addresses', () => {
    expect(readAddress('email', ' Jana@Example.com', undefined)).toEqual({ address: 'jana@example.com' });
    expect(readAddress('email', '+12125550101', 'US')).toEqual({ wrong: 'is no address of email' });
  });
});
