import type { Delivery } from '@heliograph/kafka';
import type { LedgerStore } from '@heliograph/redis';
import { ended, wait, type Ended, type Waits } from './effect.ts';
import { memoOf } from './turn.ts';

type Answer = Awaited<ReturnType<LedgerStore['refuse' | 'setAside']>>;

/** The lane comes back to ask the provider. */
export function askNext(delivery: Delivery, attempt: string): Waits {
  memoOf(delivery).asking = attempt;
  return wait('asks the provider what became of an attempt', Date.now());
}

/** What the ledger says of an entry that is not to be tried; undefined: it is set aside. */
export function untried(delivery: Delivery, answer: Answer): Ended | Waits | undefined {
  switch (answer.kind) {
    case 'wait':
      return wait('an earlier attempt is not resolved', Date.now() + answer.waitMs);
    case 'ask':
      return askNext(delivery, answer.attempt);
    case 'resolved':
      return ended(answer);
    case 'set-aside':
      return undefined;
  }
}
