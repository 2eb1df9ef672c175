import type { Delivery } from '@heliograph/kafka';
import type { Begun, LedgerStore } from '@heliograph/redis';
import { ended, wait, type Ended, type Waits } from '../sending/effect.ts';
import { LOOK_AGAIN_MS } from './consent-gate.ts';
import type { Holds, LeaveVerdict } from '../sending/leave.ts';

/**
 * Ends an attempt that was begun in the same turn in which it turned out that the message may not be sent now, or that nobody can
 * tell: no byte of it has left.
 *
 * @throws Unavailable; the attempt stays in flight then, and is resolved like one of unknown outcome
 */
export async function takenBack(
  ledger: LedgerStore,
  { partition }: Delivery,
  entryId: string,
  { attempt, possiblyRepeated }: Begun,
  verdict: LeaveVerdict,
): Promise<Ended | Waits | Holds> {
  if (verdict.kind === 'wait' || verdict.kind === 'held') {
    await ledger.finish(partition, entryId, attempt, 'retryable');
    if (verdict.kind === 'held') return verdict;
    return wait(verdict.reason, Date.now() + LOOK_AGAIN_MS);
  }
  const result = JSON.stringify({ at: new Date().toISOString(), ...verdict.refusal });
  const isEnded = await ledger.finish(partition, entryId, attempt, 'rejected', result);
  if (!isEnded) return wait('another attempt has begun', Date.now());
  return ended({ kind: 'resolved', state: 'rejected', attempt, possiblyRepeated, result });
}
