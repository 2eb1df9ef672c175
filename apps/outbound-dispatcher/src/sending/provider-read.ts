import type { Delivery } from '@heliograph/kafka';
import type { CallOptions, CallResult, ProviderClient, RefusalCode } from '@heliograph/providers';
import type { SendingAccount } from '../accounts/sending-account.ts';
import { dispatcherMetrics } from '../metrics.ts';
import type { Waits } from './effect.ts';
import { nextStep, providerTurn } from './provider-turn.ts';
import { verdictOf } from './verdict.ts';

/** What a request that changes nothing has told, or the outcome with which the lane waits for it. */
export type ProviderRead<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }
  | Waits;

/**
 * One request that changes nothing at the provider, so it needs no entry in the ledger: a token, a grant, a connection.
 *
 * @throws Unavailable where the lane has to wait without a moment to wait for
 */
export async function providerRead<T>(
  delivery: Delivery,
  sending: SendingAccount,
  priority: 'transactional' | 'campaign',
  call: (client: ProviderClient, options: CallOptions) => Promise<CallResult<T>>,
): Promise<ProviderRead<T>> {
  const turn = providerTurn(delivery, sending, priority, (id) => sending.buckets.request(id));
  if ('kind' in turn) return turn;
  turn.grant.use();
  const calling = call(turn.client, { sendBy: turn.grant.deadline, timeoutMs: sending.account.requestTimeoutMs });
  turn.slot.underWay();
  const result = await calling.finally(() => turn.slot.release());
  dispatcherMetrics.calls.inc({ account: sending.account.id, outcome: result.outcome });
  switch (result.outcome) {
    case 'ok':
      return { kind: 'read', value: result.value };
    case 'refused':
      return { kind: 'refused', code: result.code, reason: result.reason };
    case 'unknown':
      return { kind: 'unknown', reason: result.reason };
    case 'throttled':
      sending.throttled(result);
      break;
    case 'not-sent':
      break;
  }
  const verdict = verdictOf(result, () => ({ at: '' }));
  if (verdict.state !== 'retryable') throw new Error(`a request that was ${result.outcome} is ${verdict.state}`);
  return nextStep(delivery, sending, verdict.next) as Waits;
}
