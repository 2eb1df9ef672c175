import type { SendMessage } from '@heliograph/contracts';
import { readSettingsFile, type ErrorDetail } from '@heliograph/runtime';
import { getCountries } from 'libphonenumber-js/min';
import { ContactZones, MOST_ZONES } from './contact-zone.ts';
import { phaseAt, type Phase } from './phases.ts';
import { QuietHoursFile, type HoursRule, type TenantHours } from './quiet-hours-file.ts';
import { TimeZone } from './time-zone.ts';
import { ofDay, WeeklyHours } from './weekly-hours.ts';

type Judged = Pick<SendMessage, 'tenant' | 'channel' | 'class' | 'contact' | 'timeZone'>;

interface Rule extends Pick<HoursRule, 'classes' | 'channels'> {
  readonly hours: WeeklyHours;
  /** By name of the zone: where it stands now. */
  readonly phases: Map<string, Phase>;
}

interface Tenant {
  readonly rules: readonly Rule[];
  readonly zones: ContactZones;
}

/** When contacts may be written to, by their own time. */
export class QuietHours {
  private readonly tenants: ReadonlyMap<string, Tenant>;
  private readonly zones = new WeakMap<Judged, TimeZone>();

  /** @param tenants that {@link problemsOf} has nothing to say about */
  private constructor(tenants: readonly TenantHours[]) {
    this.tenants = new Map(tenants.map((entry) => [entry.tenant, tenantOf(entry)]));
  }

  /**
   * Without a file every hour is allowed.
   *
   * @param tenants there are
   * @throws SettingsFileError with every problem of the file
   */
  static read(path: string | undefined, tenants: readonly string[]): QuietHours {
    if (path === undefined || path === '') return new QuietHours([]);
    const check = (file: QuietHoursFile) => problemsOf(file, tenants);
    return new QuietHours(readSettingsFile({ path, type: QuietHoursFile, check }).tenants);
  }

  /** Until when a message may not be sent, milliseconds; undefined when it may be sent at this moment. */
  quietUntil(message: Judged, now: number): number | undefined {
    const tenant = this.tenants.get(message.tenant);
    const rule = tenant?.rules.find(({ classes, channels }) => {
      const isOfClass = classes?.includes(message.class) ?? true;
      return isOfClass && (channels?.includes(message.channel) ?? true);
    });
    if (!tenant || !rule) return undefined;
    const zone = this.zones.get(message) ?? tenant.zones.of(message);
    this.zones.set(message, zone);
    const { isAllowed, until } = phaseOf(rule, zone, now);
    return isAllowed ? undefined : until;
  }
}

/** The same for everybody in a zone, until it changes. */
function phaseOf({ hours, phases }: Rule, zone: TimeZone, now: number): Phase {
  const known = phases.get(zone.name);
  if (known && known.from <= now && now < known.until) return known;
  const phase = phaseAt(hours, zone, now);
  if (phases.size >= MOST_ZONES) phases.clear();
  phases.set(zone.name, phase);
  return phase;
}

function tenantOf({ timeZone, countries, rules }: TenantHours): Tenant {
  return {
    zones: new ContactZones(TimeZone.of(timeZone)!, countries),
    rules: rules.map(({ classes, channels, allowed }) => ({
      ...(classes && { classes }),
      ...(channels && { channels }),
      hours: new WeeklyHours(allowed),
      phases: new Map(),
    })),
  };
}

const NO_ZONE = 'is no time zone, like Europe/Berlin';

function problemsOf({ tenants }: QuietHoursFile, known: readonly string[]): ErrorDetail[] {
  return tenants.flatMap((entry, index) => {
    const field = `tenants[${index}]`;
    const first = tenants.findIndex(({ tenant }) => tenant === entry.tenant);
    const problems: ErrorDetail[] = [];
    const says = (name: string, reason: string) => problems.push({ field: `${field}.${name}`, reason });
    if (!known.includes(entry.tenant)) says('tenant', 'is no tenant of the accounts file');
    if (first < index) says('tenant', `is that of tenants[${first}], too`);
    if (!TimeZone.of(entry.timeZone)) says('timeZone', NO_ZONE);
    for (const [country, zone] of Object.entries(entry.countries ?? {})) {
      if (!(getCountries() as string[]).includes(country)) says(`countries.${country}`, 'is no ISO 3166 country code');
      if (typeof zone !== 'string' || !TimeZone.of(zone)) says(`countries.${country}`, NO_ZONE);
    }
    for (const [rule, { allowed }] of entry.rules.entries())
      for (const [place, { from, to }] of allowed.entries())
        if (ofDay(from) >= ofDay(to))
          says(`rules[${rule}].allowed[${place}].to`, 'must be after from; hours over midnight are two entries');
    return problems;
  });
}
