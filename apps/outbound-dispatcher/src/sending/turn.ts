import { blocked, type Delivery, type Outcome } from '@heliograph/kafka';
import type { Begun, Grant } from '@heliograph/redis';
import type { SendingAccount } from '../accounts/sending-account.ts';
import type { Place } from '../routes/route.store.ts';
import type { Verdict } from './verdict.ts';

/** An answer that the ledger does not have yet. */
export interface UnrecordedAnswer {
  readonly entryId: string;
  readonly begun: Begun;
  readonly verdict: Exclude<Verdict, { state: 'inflight' }>;
}

/** What a command remembers between two calls of its handler; gone when the process or the partition is. */
interface SendMemo {
  /** The ledger was asked whether the message had ended before. */
  looked: boolean;
  grant?: Grant;
  /** Id of an attempt whose `begin` was not answered: the same id begins the same attempt. */
  attempt?: string;
  /** Where the command was going when its handler was called last. */
  place?: Place;
  unrecorded?: UnrecordedAnswer;
  /** A conversation was opened, and that is not announced yet. */
  announcing: boolean;
  tokenError?: Error;
  /** Answers in a row that turned the account's token away. */
  unauthorized: number;
  /** Provider conversations that this command found gone. */
  gone: number;
}

export function memoOf(delivery: Delivery): SendMemo {
  return (delivery.memo ??= { looked: false, announcing: false, unauthorized: 0, gone: 0 }) as SendMemo;
}

/**
 * The budget grant of this command, or the outcome that makes its lane wait for one. A grant that ran out of time while the
 * lane waited for a worker is thrown away, as the budget's arithmetic demands; so is one from before a pause.
 */
export function takeTurn(
  delivery: Delivery,
  { budget, paused }: SendingAccount,
  priority: 'transactional' | 'campaign',
): { grant: Grant } | { wait: Outcome } {
  const memo = memoOf(delivery);
  const held = memo.grant;
  memo.grant = undefined;
  if (held && performance.now() < held.deadline && !paused) return { grant: held };
  const turn = budget.take(priority).then(
    (grant) => void (memo.grant = grant),
    // The scheduler is closing; the record stays unfinished and is taken up by the next owner.
    () => undefined,
  );
  return { wait: blocked('waits for budget', turn) };
}
