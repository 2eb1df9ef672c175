const PARTS = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' } as const;

/** Wall clocks of one time zone. */
export class TimeZone {
  private readonly format: Intl.DateTimeFormat;

  /** @throws RangeError for a name that is none */
  private constructor(readonly name: string) {
    const options = { ...PARTS, second: 'numeric', hourCycle: 'h23', calendar: 'gregory', timeZone: name } as const;
    this.format = new Intl.DateTimeFormat('en-US', options);
  }

  /** @param name IANA; undefined when there is no such zone */
  static of(name: string): TimeZone | undefined {
    try {
      return new TimeZone(name);
    } catch {
      return undefined;
    }
  }

  /** What the wall clock is ahead of UTC at a moment, milliseconds. */
  offsetAt(ms: number): number {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    const second = Math.floor(ms / 1000) * 1000;
    for (const { type, value } of this.format.formatToParts(second)) parts[type] = Number(value);
    const { year, month, day, hour, minute, second: s } = parts;
    return Date.UTC(year!, month! - 1, day, hour, minute, s) - second;
  }
}
