import { canonicalAddress, type Channel } from '@heliograph/contracts';
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';

/** What spreadsheets make of long numbers. */
const ROUNDED = /^\s*\d[.,]\d+e\+?\d+\s*$/i;
const PREFIX = /^\s*[a-z]+:/i;

/**
 * The canonical address in a cell. A phone number may be written in any way that is usual where `country` is; without one it
 * has its calling code. Its length must be one of its country; whether it is in use, nobody knows.
 *
 * @returns or what is wrong with it, without showing it
 */
export function readAddress(
  channel: Channel,
  raw: string,
  country: CountryCode | undefined,
): { readonly address: string } | { readonly wrong: string } {
  if (channel !== 'whatsapp' && channel !== 'sms') {
    const address = canonicalAddress(channel, raw);
    return address ? { address } : { wrong: `is no address of ${channel}` };
  }
  if (ROUNDED.test(raw)) return { wrong: 'was rounded by a spreadsheet (1.5E+11): format the column as text' };
  const text = raw.replace(PREFIX, '');
  // Providers write numbers without the plus.
  const international = country === undefined && /^\s*[1-9]/.test(text) ? `+${text.trim()}` : text;
  const number = parsePhoneNumberFromString(international, {
    ...(country && { defaultCountry: country }),
    extract: false,
  });
  if (!number) {
    return {
      wrong: country ? 'is no phone number' : 'is no phone number with country code; give the campaign a country',
    };
  }
  if (number.ext) return { wrong: 'has an extension, which cannot be sent to' };
  if (!number.isPossible()) return { wrong: `is no phone number of its country: it has too many or too few digits` };
  const address = canonicalAddress(channel, number.number);
  return address ? { address } : { wrong: 'is no phone number' };
}
