import type { CampaignProgress } from '@heliograph/contracts';
import { endOf, type FollowedRecipient, type RecipientEnd } from './campaign-evidence.ts';
import { named, type EntryOut, type Part } from './evidence.ts';

/** What the API tells of a campaign that has ended, against the same counted by id. Every figure that differs contradicts. */
export function withinProgress(
  progress: CampaignProgress,
  recipients: readonly FollowedRecipient[],
  entries: readonly EntryOut[],
): Part {
  const counted = countedById(recipients, entries);
  const differing = Object.entries(counted)
    .map(([name, count]) => ({ name, count, told: progress[name as keyof typeof counted] }))
    .filter(({ count, told }) => count !== told)
    .map(({ name, count, told }) => `${name} is ${count} by id, and ${told} by the API`);
  return { contradicted: differing.length, findings: named('progress', differing) };
}

type Counts = Omit<CampaignProgress, 'failedBy'>;

function countedById(recipients: readonly FollowedRecipient[], entries: readonly EntryOut[]): Counts {
  const ends = recipients.map(endOf);
  const count = (end: RecipientEnd): number => ends.filter((one) => one === end).length;
  const reached = reachedBy(recipients, entries);
  const said = (what: 'reply' | 'optOut'): number =>
    new Set(entries.flatMap(({ campaign }) => (campaign?.[what] ? [campaign.messageId] : []))).size;
  return {
    accepted: recipients.length,
    waiting: count('open'),
    underWay: 0,
    sent: count('sent'),
    delivered: reached('delivered', 'read'),
    read: reached('read'),
    failed: count('failed'),
    suppressed: count('suppressed'),
    unresolved: count('unresolved'),
    replies: said('reply'),
    optOuts: said('optOut'),
  };
}

/** Messages of which the provider has told one of these. */
function reachedBy(recipients: readonly FollowedRecipient[], entries: readonly EntryOut[]) {
  const idOf = ({ fact }: EntryOut) => fact.providerMessageId as string | undefined;
  const ours = new Set(recipients.flatMap(({ ends }) => ends.map(idOf)).filter((id) => id !== undefined));
  const reports = entries.filter((entry) => entry.kind === 'message.status-reported' && ours.has(idOf(entry)!));
  return (...statuses: string[]): number =>
    new Set(
      reports.filter(({ fact }) => statuses.includes(fact.status as string)).map(({ fact }) => fact.providerMessageId),
    ).size;
}
