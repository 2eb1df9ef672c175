/** What became of one write. Expected ends are values. */
export type Verdict =
  | { readonly kind: 'taken' }
  /** The CRM had it and was told to erase it: it is not to come back. */
  | { readonly kind: 'erased' }
  /** Not now: not before `until`, milliseconds of Date.now(). */
  | { readonly kind: 'wait'; readonly until: number; readonly reason: string; readonly scope: Scope }
  /** The CRM read it and does not want it, now or later. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  /** It went wrong, perhaps because of what was written. Writing it again is safe. */
  | { readonly kind: 'failed'; readonly reason: string }
  /** Says nothing about what was written: nobody was there to read it, or we were not let in. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly scope: Scope };

/** `all`: holds for everything that would be written; `write`: was said to this write alone. */
export type Scope = 'all' | 'write';

export type WriteKind = 'contact' | 'activity' | 'do-not-contact' | 'erasure';

/** Wait after a 429 that names no moment. */
const UNNAMED_WAIT_MS = 2_000;

interface Answer {
  readonly status: number;
  /** The moment that `Retry-After` names, milliseconds of Date.now(). */
  readonly retryAt: number | undefined;
  /** The CRM's own words, fit for a log. */
  readonly text: string;
}

/** What an answer means for the entry that was to be written. */
export function verdictOf(kind: WriteKind, { status, retryAt, text }: Answer, now: number): Verdict {
  const reason = `status ${status}${text === '' ? '' : `, ${text}`}`;
  if (status >= 200 && status < 300) return { kind: 'taken' };
  if (status === 410) return { kind: 'erased' };
  // Limits are those of the key.
  if (status === 429) return { kind: 'wait', until: retryAt ?? now + UNNAMED_WAIT_MS, reason, scope: 'all' };
  if (status === 503 && retryAt !== undefined) return { kind: 'wait', until: retryAt, reason, scope: 'write' };
  if (status === 502 || status === 503 || status === 504) return { kind: 'unavailable', reason, scope: 'write' };
  if (status === 408 || status >= 500) return { kind: 'failed', reason };
  if (status === 401) return { kind: 'unavailable', reason: `it refuses our API key (${reason})`, scope: 'all' };
  // A redirect, or no such address: what does not exist is created, so it is CRM_URL that is wrong.
  const isCreated = kind === 'contact' || kind === 'do-not-contact';
  if (status < 400 || (isCreated && (status === 404 || status === 405))) {
    return { kind: 'unavailable', reason: `there is no CRM at CRM_URL (${reason})`, scope: 'all' };
  }
  return { kind: 'refused', status, reason };
}
