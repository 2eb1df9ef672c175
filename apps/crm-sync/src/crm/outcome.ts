import { blocked, deadLetter, done, skip, type Outcome } from '@heliograph/kafka';
import { Retryable, Unavailable } from '@heliograph/runtime';
import type { Verdict } from './verdict.ts';

/**
 * What a write's end means for the lane.
 *
 * @throws Retryable when the CRM failed at this write
 * @throws Unavailable when the CRM cannot be reached or does not let us in
 */
export function outcomeOf(verdict: Verdict): Outcome {
  switch (verdict.kind) {
    case 'taken':
      return done;
    case 'erased':
      return skip('it was erased in the CRM');
    case 'wait':
      return blocked(verdict.reason, verdict.until);
    case 'refused':
      return deadLetter(`the CRM refuses it: ${verdict.reason}`);
    case 'failed':
      throw new Retryable(`the CRM failed: ${verdict.reason}`);
    case 'unavailable':
      throw new Unavailable('the CRM', verdict.reason);
  }
}
