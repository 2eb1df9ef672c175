import { TEMPLATE_STATUSES, type TemplateState, type TemplateStatus } from '@heliograph/contracts';
import type { CallResult, ProviderTemplate } from '@heliograph/providers';
import { Unavailable } from '@heliograph/runtime';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { dispatcherMetrics } from '../metrics.ts';

/** `told`: the state as of a moment after `askedAt`, of performance.now(); else why it is not known. */
export type TemplateAnswer =
  | { readonly outcome: 'told'; readonly state: TemplateState; readonly askedAt: number }
  | { readonly outcome: 'throttled' | 'failed' | 'not-asked' };

/** An answer that comes later counts for nothing. */
const ANSWER_WITHIN_MS = 900;

/**
 * One look-up of a template: a token, a connection, a grant for a request. Never throws for what a network or a provider can do.
 *
 * @param signal ends the waiting
 */
export async function lookUpTemplate(
  sending: SendingAccount,
  state: TemplateState,
  signal: AbortSignal,
): Promise<TemplateAnswer> {
  const leaving = new AbortController();
  const leave = () => leaving.abort(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    await sending.clients.prepare();
    signal.throwIfAborted();
    const claim = await sending.slots.whenFree('transactional');
    const { id, client } = sending.clients.use();
    const demand = { buckets: sending.buckets.request(id), priority: 'transactional' as const };
    const grant = await sending.take(demand, leaving);
    const slot = sending.slots.take(claim);
    if (!slot) return { outcome: 'not-asked' };
    const askedAt = performance.now();
    const { channel = 'whatsapp', provider, providerTemplateId } = state;
    const timeoutMs = Math.min(sending.account.requestTimeoutMs, ANSWER_WITHIN_MS);
    const request = { channel, providerTemplateId, ...(provider !== undefined && { provider }) };
    const calling = client.getTemplate(request, { sendBy: grant.deadline, timeoutMs });
    slot.underWay();
    const result = await calling.finally(() => slot.release());
    dispatcherMetrics.calls.inc({ account: sending.account.id, outcome: result.outcome });
    return answerOf(sending, state, result, askedAt);
  } catch (error) {
    if (error instanceof Unavailable || leaving.signal.aborted) return { outcome: 'not-asked' };
    throw error;
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function answerOf(
  sending: SendingAccount,
  state: TemplateState,
  result: CallResult<ProviderTemplate>,
  askedAt: number,
): TemplateAnswer {
  const checkedAt = new Date().toISOString();
  const { rejectionReason: _, ...rest } = state;
  switch (result.outcome) {
    case 'ok': {
      const { rejectionReason, parameterCount } = result.value;
      const status = statusOf(result.value.status);
      const reason = rejectionReason !== undefined && { rejectionReason };
      return { outcome: 'told', state: { ...rest, status, parameterCount, ...reason, checkedAt }, askedAt };
    }
    case 'refused':
      if (result.code !== 'not-found') return { outcome: 'failed' };
      return { outcome: 'told', state: { ...rest, status: 'DELETED', checkedAt }, askedAt };
    case 'throttled':
      sending.throttled(result);
      return { outcome: 'throttled' };
    default:
      return { outcome: 'failed' };
  }
}

/** A word that nobody knows is nothing that may be sent. */
const statusOf = (word: string): TemplateStatus => TEMPLATE_STATUSES.find((status) => status === word) ?? 'DISABLED';
