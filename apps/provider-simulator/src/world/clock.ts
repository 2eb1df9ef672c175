/** The provider's own clock (tokens, window, event timestamps), which control may set wrong. */
export class ProviderClock {
  offsetMs = 0;

  now(): number {
    return Date.now() + this.offsetMs;
  }
}

/** Arrival time of evidence and limiter: ms since the epoch with fractions, never going back, without the offset. */
export function arrivalTime(): number {
  return performance.timeOrigin + performance.now();
}
