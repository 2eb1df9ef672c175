import type { CampaignState } from '@heliograph/contracts';
import { CAPPED } from './batch.ts';

/** session-state knows of a message for 7 days after its last change, and of answers for as long: nothing is told later. */
const KEPT_MS = 15 * 24 * 60 * 60 * 1_000;

/**
 * The code with which recipients of a campaign end that is over, and that were not given; undefined while it is not over. Those of a
 * completed one were all looked at: where that was lost with Redis, who was not given was not to be.
 */
export function closingCode({ state, ending, end }: CampaignState): string | undefined {
  const over = state === 'finished' ? end : ending;
  return over === 'completed' ? CAPPED : over;
}

/** It has been over for so long that its messages need not be known any more. */
export const isLongOver = ({ state, since }: CampaignState, now: number): boolean =>
  state === 'finished' && now - Date.parse(since) > KEPT_MS;
