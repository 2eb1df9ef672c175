/**
 * The moment a fact names, in milliseconds, never later than `now`: a provider's clock that runs ahead must not hold a
 * window or a session open. A moment that cannot be read counts as now.
 */
export function momentOf(at: string, now: number): number {
  const moment = Date.parse(at);
  return Number.isNaN(moment) ? now : Math.min(moment, now);
}

/** The later of a stored moment and a new one, as ISO 8601: state moves forward whatever the order of facts. */
export function laterOf(stored: string | undefined, moment: number): string {
  const known = stored === undefined ? Number.NaN : Date.parse(stored);
  return new Date(Number.isNaN(known) ? moment : Math.max(known, moment)).toISOString();
}
