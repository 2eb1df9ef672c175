import type { SendMessage } from '@heliograph/contracts';
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { COUNTRY_ZONES } from './country-zones.ts';
import { TimeZone } from './time-zone.ts';

export type Whose = Pick<SendMessage, 'channel' | 'contact' | 'timeZone'>;

/** Callers name zones as they like, so what is remembered has an end. */
export const MOST_ZONES = 1_000;

/** The times that the contacts of one tenant live by. */
export class ContactZones {
  private readonly zones = new Map<string, TimeZone | undefined>();

  /** @param countries by ISO 3166 code; before what is known of countries */
  constructor(
    private readonly standard: TimeZone,
    private readonly countries: Readonly<Record<string, string>> = {},
  ) {}

  /** What the message says, else the time of its number's country, else the tenant's. */
  of(message: Whose): TimeZone {
    const said = message.timeZone === undefined ? undefined : this.zone(message.timeZone);
    return said ?? this.ofNumber(message) ?? this.standard;
  }

  private ofNumber({ channel, contact }: Whose): TimeZone | undefined {
    if (channel !== 'sms' && channel !== 'whatsapp') return undefined;
    const number = parsePhoneNumberFromString(contact.startsWith('+') ? contact : `+${contact}`);
    const country = number?.country;
    const name = country && (this.countries[country] ?? COUNTRY_ZONES[country]);
    return name === undefined ? undefined : this.zone(name);
  }

  private zone(name: string): TimeZone | undefined {
    if (this.zones.has(name)) return this.zones.get(name);
    if (this.zones.size >= MOST_ZONES) this.zones.clear();
    const zone = TimeZone.of(name);
    this.zones.set(name, zone);
    return zone;
  }
}
