import type { CampaignProgress } from '@heliograph/contracts';

/**
 * Fields of a campaign in one partition:
 * `is:<status>` messages that stand there, where status is `given` (to the dispatcher), `held`, or one of a message;
 * `failed:<code>` failed ones by code; `repeated` recipients that were recipients already; `elsewhere` messages that came here from
 * another conversation (diverted); `replies`, `optOuts` recipients who wrote, or said no; `closed` is `1` as soon as every recipient of
 * the partition was given or ended, the record behind the last one included.
 */
export type PartitionCounts = Readonly<Record<string, string>>;

/**
 * Rows of an upload that broke off before it was reported are recipients all the same, so there are never fewer than are known of.
 *
 * @param accepted recipients of all uploads @param partitions the campaign's hash of every partition
 */
export function progressOf(accepted: number, partitions: readonly PartitionCounts[]): CampaignProgress {
  const sum = (field: string): number => partitions.reduce((total, counts) => total + Number(counts[field] ?? 0), 0);
  const is = (status: string): number => sum(`is:${status}`);
  // A diverted message goes on as one that is counted elsewhere as soon as something is known of it there.
  const moving = is('diverted') - sum('elsewhere');
  const sent = is('sent') + is('delivered') + is('read');
  const ended = sent + is('failed') + is('suppressed') + is('unresolved');
  const underWay = is('given') + is('queued') + moving;
  const recipients = Math.max(accepted - sum('repeated'), underWay + ended + is('held'));
  return {
    accepted: recipients,
    waiting: recipients - underWay - ended,
    underWay,
    sent,
    delivered: is('delivered') + is('read'),
    read: is('read'),
    failed: is('failed'),
    failedBy: failuresOf(partitions),
    suppressed: is('suppressed'),
    unresolved: is('unresolved'),
    replies: sum('replies'),
    optOuts: sum('optOuts'),
  };
}

function failuresOf(partitions: readonly PartitionCounts[]): Record<string, number> {
  const failures: Record<string, number> = {};
  for (const counts of partitions) {
    for (const [field, count] of Object.entries(counts)) {
      if (!field.startsWith('failed:') || Number(count) === 0) continue;
      const code = field.slice('failed:'.length);
      failures[code] = (failures[code] ?? 0) + Number(count);
    }
  }
  return failures;
}
