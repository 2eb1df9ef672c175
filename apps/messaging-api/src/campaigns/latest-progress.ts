import type { CampaignProgress } from '@heliograph/contracts';

/**
 * Receipts and replies come after the end, and are counted as long as the counts are kept. Counts that do not account for every
 * recipient are not whole: lost, or past their time.
 */
export function latestOf(atItsEnd: CampaignProgress | undefined, counted: CampaignProgress): CampaignProgress {
  const isWhole = counted.waiting + counted.underWay === 0;
  return atItsEnd && !isWhole ? atItsEnd : counted;
}
