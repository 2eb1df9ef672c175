import { blocked, type Delivery, type Outcome } from '@heliograph/kafka';
import type { BudgetScheduler, Grant } from '@heliograph/redis';
import type { UnrecordedAnswer } from './ledgered-call.ts';

/** What a command remembers between two calls of its handler. */
interface SendMemo {
  grant?: Grant;
  /** Id of an attempt whose `begin` was not answered: the same id begins the same attempt. */
  attempt?: string;
  unrecorded?: UnrecordedAnswer;
  tokenError?: Error;
  /** Answers in a row that turned the account's token away. */
  unauthorized: number;
  /** Provider conversations opened for this command; more than one means the provider closes them at once. */
  opened: number;
}

export function memoOf(delivery: Delivery): SendMemo {
  return (delivery.memo ??= { unauthorized: 0, opened: 0 }) as SendMemo;
}

/**
 * The budget grant of this command, or the outcome that makes its lane wait for one. A grant that ran out of time while the
 * lane waited for a worker is thrown away, as the budget's arithmetic demands.
 */
export function takeTurn(
  delivery: Delivery,
  budget: BudgetScheduler,
  priority: 'transactional' | 'campaign',
): { grant: Grant } | { wait: Outcome } {
  const memo = memoOf(delivery);
  const held = memo.grant;
  memo.grant = undefined;
  if (held && performance.now() < held.deadline) return { grant: held };
  const turn = budget.take(priority).then(
    (grant) => void (memo.grant = grant),
    // The scheduler is closing; the record stays unfinished and is taken up by the next owner.
    () => undefined,
  );
  return { wait: blocked('waits for budget', turn) };
}
