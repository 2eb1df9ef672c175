/**
 * How it became known what came of an attempt whose outcome was unknown: a look-up at the provider, a receipt with our
 * reference, one more send (marked as possibly repeated), or not at all: reported as unresolved.
 */
export const RESOLUTIONS = ['look-up', 'receipt', 'resend', 'report'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];
