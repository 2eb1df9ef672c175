import type { FieldProblem } from '@heliograph/contracts';
import { TokenUnavailable, type CallResult, type ProviderTemplate, type TemplatePage } from '@heliograph/providers';
import { Unavailable } from '@heliograph/runtime';
import type { ReadingAccount, ReadingClient } from '../accounts/reading-account.ts';
import type { Listing } from './changes.ts';

/** How the reading of a whole list ended. */
export type ListResult =
  | { readonly kind: 'ok'; readonly listing: Listing }
  /** `retryAt`: milliseconds of Date.now(). */
  | { readonly kind: 'throttled'; readonly retryAt: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** More would be a list that never ends. */
const MOST_PAGES = 1_000;
/** Tries of a page whose grant ran out while the connection was opened, or whose token was not accepted. */
const TRIES = 5;
const AGAIN = new Set(['send-by-passed', 'unauthorized', 'no-token']);

/**
 * Reads the whole list of an account's templates, page by page, each request with a grant of the account's budget. It is
 * never put together from two readings: what was throttled begins anew.
 *
 * @throws the signal's reason
 */
export async function listTemplates(reading: ReadingAccount, signal: AbortSignal): Promise<ListResult> {
  const templates: ProviderTemplate[] = [];
  const problems: FieldProblem[] = [];
  let cursor: string | undefined;
  for (let page = 1; page <= MOST_PAGES; page++) {
    const result = await readPage(reading, cursor, signal);
    if ('kind' in result) return result;
    if (result.outcome !== 'ok') return ended(result);
    templates.push(...result.value.templates);
    problems.push(...result.value.problems.map(({ field, reason }) => ({ field: `page ${page}: ${field}`, reason })));
    cursor = result.value.next;
    if (cursor === undefined) return { kind: 'ok', listing: { templates, problems } };
  }
  return { kind: 'failed', reason: `the list does not end within ${MOST_PAGES} pages` };
}

type Failure = Exclude<ListResult, { kind: 'ok' }>;

async function readPage(
  reading: ReadingAccount,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<CallResult<TemplatePage> | Failure> {
  for (let attempt = 1; ; attempt++) {
    let used: ReadingClient;
    try {
      used = await orAborted(reading.prepare(), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof Unavailable)) throw error;
      const retryAt = error instanceof TokenUnavailable ? error.retryAt : undefined;
      if (retryAt !== undefined) return { kind: 'throttled', retryAt, reason: error.message };
      return { kind: 'failed', reason: error.message };
    }
    const { deadline: sendBy } = await reading.take(used, signal);
    const { requestTimeoutMs: timeoutMs } = reading.account;
    const result = await used.client.listTemplates({ sendBy, timeoutMs, signal, cursor });
    // Every replica and the dispatcher stop, too. Without Redis nobody gets a grant anyway.
    if (result.outcome === 'throttled') await reading.throttled(result).catch(() => undefined);
    signal.throwIfAborted();
    if (result.outcome !== 'not-sent' || !AGAIN.has(result.code) || attempt === TRIES) return result;
  }
}

function ended(result: Exclude<CallResult<TemplatePage>, { outcome: 'ok' }>): Failure {
  if (result.outcome === 'throttled') return { kind: 'throttled', retryAt: result.retryAt, reason: result.reason };
  return { kind: 'failed', reason: `${result.outcome}: ${result.reason}` };
}

/** Waits for `work` unless the signal comes first; the work itself goes on, its later failure is not reported. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const over = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true, signal: over.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}
