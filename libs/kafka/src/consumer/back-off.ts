export interface BackOffSettings {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Exponential back-off with full jitter in its upper half: between half of and the whole of first·2^(n-1), capped. */
export function backOffMs(settings: BackOffSettings, attempt: number, random = Math.random): number {
  const full = Math.min(settings.maxMs, settings.firstMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full / 2 + (full / 2) * random());
}
