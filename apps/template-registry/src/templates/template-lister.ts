import type { FieldProblem } from '@heliograph/contracts';
import type { CallResult, ProviderAccess, ProviderTemplate, TemplatePage } from '@heliograph/providers';
import type { Listing } from '../lifecycle/changes.ts';

/** How the reading of a whole list ended. */
export type ListResult =
  | { readonly kind: 'ok'; readonly listing: Listing }
  /** `retryAt`: milliseconds of Date.now(). */
  | { readonly kind: 'throttled'; readonly retryAt: number; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** More would be a list that never ends. */
const MOST_PAGES = 1_000;

/**
 * Reads the whole list of an account's templates, page by page, each request with a grant of the account's budget. It is
 * never put together from two readings: what was throttled begins anew.
 *
 * @throws the signal's reason
 */
export async function listTemplates(access: ProviderAccess, signal: AbortSignal): Promise<ListResult> {
  const templates: ProviderTemplate[] = [];
  const problems: FieldProblem[] = [];
  let cursor: string | undefined;
  for (let page = 1; page <= MOST_PAGES; page++) {
    const result = await access.call((client, options) => client.listTemplates({ ...options, cursor }), {
      signal,
      buckets: (client) => access.buckets.template(client, 'reading'),
    });
    if (result.outcome !== 'ok') return ended(result);
    templates.push(...result.value.templates);
    problems.push(...result.value.problems.map(({ field, reason }) => ({ field: `page ${page}: ${field}`, reason })));
    cursor = result.value.next;
    if (cursor === undefined) return { kind: 'ok', listing: { templates, problems } };
  }
  return { kind: 'failed', reason: `the list does not end within ${MOST_PAGES} pages` };
}

type Failure = Exclude<ListResult, { kind: 'ok' }>;

function ended(result: Exclude<CallResult<TemplatePage>, { outcome: 'ok' }>): Failure {
  if (result.outcome === 'throttled') return { kind: 'throttled', retryAt: result.retryAt, reason: result.reason };
  return { kind: 'failed', reason: `${result.outcome}: ${result.reason}` };
}
