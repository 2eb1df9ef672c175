import type { RefusalCode } from '../call-result.ts';

/** What an answer that is no success means. */
export type Verdict =
  | { readonly outcome: 'refused'; readonly code: RefusalCode }
  | { readonly outcome: 'throttled'; readonly of?: 'templates' }
  /** The token was not accepted; nothing was done. */
  | { readonly outcome: 'unauthorized' }
  | { readonly outcome: 'unknown' };

interface Row {
  readonly status: number;
  /** The `code` of the error body, in the form of `plainCode`; absent: any other. */
  readonly code?: string;
  /** Only when the answer carries `Retry-After`. */
  readonly retryAfter?: true;
  readonly verdict: Verdict;
  /** Where the meaning is from. */
  readonly source: string;
}

const refused = (code: RefusalCode): Verdict => ({ outcome: 'refused', code });

/** The first row that fits decides; an answer that fits none goes by `byClass`. */
export const ERROR_TABLE: readonly Row[] = [
  { status: 400, code: '131050', verdict: refused('sender-or-template-mismatch'), source: '000 §1, edge case 1' },
  { status: 400, code: '131051', verdict: refused('window-closed'), source: '000 §4, edge case 1' },
  { status: 400, code: 'session.closed', verdict: refused('window-closed'), source: '001 edge case 1' },
  {
    status: 400,
    code: 'conversation.closed',
    verdict: refused('conversation-closed'),
    source: '004 step 1; code assumed',
  },
  {
    status: 400,
    code: 'template.not.published',
    verdict: refused('sender-or-template-mismatch'),
    source: '002 §2, edge case 3; code assumed',
  },
  {
    status: 400,
    code: 'recipient.opted.out',
    verdict: refused('contact-opted-out'),
    source: "public API's receipt reason RecipientOptedOut; as an error code assumed",
  },
  { status: 400, verdict: refused('invalid-request'), source: '004 errors' },
  { status: 401, verdict: { outcome: 'unauthorized' }, source: '000 §2, 002 §1, 004 errors' },
  { status: 403, verdict: refused('forbidden'), source: '000 edge case 3, 004 errors' },
  { status: 404, verdict: refused('not-found'), source: '000 edge case 3, 004 errors' },
  { status: 408, verdict: { outcome: 'unknown' }, source: 'assumed: part of the request may have been read' },
  {
    status: 409,
    code: 'template.exists',
    verdict: refused('template-exists'),
    source: '001 §3: names are unique; status and code assumed',
  },
  {
    status: 429,
    code: 'template.limit.exceeded',
    verdict: { outcome: 'throttled', of: 'templates' },
    source: 'assumed: Meta allows so many new templates an hour',
  },
  { status: 429, verdict: { outcome: 'throttled' }, source: '000 edge case 2, 002 edge case 2, 004 errors' },
  { status: 500, verdict: { outcome: 'unknown' }, source: 'assumed: it may have failed after sending' },
  {
    status: 502,
    verdict: { outcome: 'unknown' },
    source: 'assumed: a gateway does not know what stands behind it did',
  },
  {
    status: 503,
    retryAfter: true,
    verdict: { outcome: 'throttled' },
    source: 'assumed: RFC 9110 §15.6.4, it names when it will work',
  },
  { status: 503, verdict: { outcome: 'unknown' }, source: 'assumed: any gateway on the way may say it' },
  {
    status: 504,
    verdict: { outcome: 'unknown' },
    source: 'assumed: a gateway does not know what stands behind it did',
  },
];

/** Redirects are not followed, and every other 4xx is an answer to the request as it is: both are final. */
const byClass = (status: number): Verdict => (status >= 500 ? { outcome: 'unknown' } : refused('provider-refused'));

export function verdictOf(status: number, code: string | undefined, retryAfter: boolean): Verdict {
  const plain = plainCode(code);
  const row = ERROR_TABLE.find(
    (r) => r.status === status && (r.code === undefined || r.code === plain) && (!r.retryAfter || retryAfter),
  );
  return row?.verdict ?? byClass(status);
}

/** The guides write one code as `SessionClosed`, `Session Closed` or `session_closed`. */
function plainCode(code: string | undefined): string | undefined {
  return code
    ?.replace(/([a-z])(?=[A-Z])/g, '$1.')
    .replace(/[\s_-]+/g, '.')
    .toLowerCase();
}

/** Whether a receipt's reason begins with the code that means: the contact has opted out. 131050 does not mean it here. */
export function meansOptedOut(reason: string | undefined): boolean {
  const code = reason === undefined ? undefined : /^[\w. -]*/.exec(reason)![0];
  const row = ERROR_TABLE.find((one) => one.code !== undefined && one.code === plainCode(code?.trim()));
  return row?.verdict.outcome === 'refused' && row.verdict.code === 'contact-opted-out';
}
