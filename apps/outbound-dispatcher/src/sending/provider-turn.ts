import type { Delivery } from '@heliograph/kafka';
import type { Bucket } from '@heliograph/redis';
import { Unavailable } from '@heliograph/runtime';
import type { SendingAccount, SendingClient } from '../accounts/sending-account.ts';
import { wait, type EffectEnd, type Waits } from './effect.ts';
import { memoOf, takeTurn, type Turn } from './turn.ts';
import type { NextStep } from './verdict.ts';

export interface ProviderTurn extends Turn {
  /** Whose token and budget it is. */
  readonly client: SendingClient['client'];
}

/** Everything a request needs to begin now: a token, a grant, a connection; or the outcome that waits for one of them. */
export function providerTurn(
  delivery: Delivery,
  sending: SendingAccount,
  priority: 'transactional' | 'campaign',
  buckets: (clientId: string) => readonly Bucket[],
): ProviderTurn | Waits {
  const { id, client } = sending.clients.use();
  // Before the budget: a token may have to be fetched, and that takes from the budget, too.
  if (!client.prepared()) return waitForToken(delivery, sending);
  const taken = takeTurn(delivery, sending, { buckets: buckets(id), priority });
  return 'wait' in taken ? { kind: 'wait', outcome: taken.wait } : { ...taken.turn, client };
}

function waitForToken(delivery: Delivery, sending: SendingAccount): Waits {
  const memo = memoOf(delivery);
  const { tokenError } = memo;
  memo.tokenError = undefined;
  if (tokenError) throw tokenError;
  const ready = sending.clients.prepare().catch((error: Error) => void (memo.tokenError = error));
  return wait(`waits for a token of account ${sending.account.id}`, ready);
}

/**
 * What follows a request that had no effect.
 *
 * @throws Unavailable where the lane has to wait without a moment to wait for
 */
export function nextStep(delivery: Delivery, { account, clients }: SendingAccount, next: NextStep): EffectEnd {
  const memo = memoOf(delivery);
  if (next.kind !== 'renew-token') memo.unauthorized = 0;
  switch (next.kind) {
    case 'target-gone':
    case 'window-closed':
      return next;
    case 'pause':
      return wait(`account ${account.id} is throttled by its provider`, next.until);
    case 'renew-token': {
      // Once: the token may just have been revoked. Again: the account is broken, and waiting costs no attempt.
      if (memo.unauthorized++ > 0) throw new Unavailable(`account ${account.id}`, next.reason);
      const renewed = clients.prepare().catch(() => undefined);
      return wait(`the token of account ${account.id} was turned away`, renewed);
    }
    case 'again':
      return wait('was not sent in time', Date.now());
    case 'unavailable':
      throw new Unavailable(
        next.dependency === 'process' ? 'this process' : `the provider of account ${account.id}`,
        next.reason,
      );
  }
}
