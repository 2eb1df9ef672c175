export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** Hours of a wall clock. */
export interface HoursOfDays {
  /** Every day when absent. */
  readonly days?: readonly Day[];
  /** `08:00`; allowed from then on. */
  readonly from: string;
  /** `20:00`, at most `24:00`; not allowed from then on. */
  readonly to: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;
/** The first of January 1970 was a Thursday; weeks begin on Monday. */
const FIRST_DAY_MS = 3 * DAY_MS;

/** Milliseconds from midnight. */
export function ofDay(time: string): number {
  const [hours, minutes] = time.split(':').map(Number);
  return (hours! * 60 + minutes!) * MINUTE_MS;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** At which hours of a week, by the wall clock, something is allowed. */
export class WeeklyHours {
  private readonly spans: readonly Span[];

  constructor(hours: readonly HoursOfDays[]) {
    const all = hours.flatMap(({ days = DAYS, from, to }) =>
      days.map((day) => {
        const midnight = DAYS.indexOf(day) * DAY_MS;
        return { from: midnight + ofDay(from), to: midnight + ofDay(to) };
      }),
    );
    this.spans = joined(all.sort((a, b) => a.from - b.from));
  }

  /**
   * @param local a wall clock's moment, as if it were UTC
   * @returns whether it is allowed, and for how long that stays so by the wall clock; Infinity when it never changes
   */
  at(local: number): { isAllowed: boolean; leftMs: number } {
    const now = (((local + FIRST_DAY_MS) % WEEK_MS) + WEEK_MS) % WEEK_MS;
    const span = this.spans.find(({ from, to }) => from <= now && now < to);
    if (span) return { isAllowed: true, leftMs: this.leftOf(span, now) };
    const next = this.spans.find(({ from }) => from > now)?.from ?? this.spans[0]!.from + WEEK_MS;
    return { isAllowed: false, leftMs: next - now };
  }

  /** Sunday's end is followed by Monday's beginning. */
  private leftOf({ to }: Span, now: number): number {
    const first = this.spans[0]!;
    if (to < WEEK_MS || first.from > 0) return to - now;
    return first.to === WEEK_MS ? Infinity : to - now + first.to;
  }
}

/** Of spans in the order of their beginnings: none touches another. */
function joined(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const span of spans) {
    const last = result.at(-1);
    if (last && span.from <= last.to) result[result.length - 1] = { ...last, to: Math.max(last.to, span.to) };
    else result.push(span);
  }
  return result;
}
