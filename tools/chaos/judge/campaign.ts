import {
  endOf,
  orderOf,
  type CampaignEvidence,
  type FollowedRecipient,
  type RecipientEnd,
} from './campaign-evidence.ts';
import { withinProgress } from './campaign-progress.ts';
import { judgePromises } from './campaign-promises.ts';
import { named, type ArrivalIn, type EntryOut, type Part } from './evidence.ts';
import { withoutRedeliveries } from './timeline.ts';

const END_KINDS = new Set(['message.sent', 'message.failed', 'message.suppressed', 'message.unresolved']);

/** Follows every recipient to the provider's log and to its fact, and holds the moments against what was promised. */
export function judgeCampaign(evidence: CampaignEvidence): Part[] {
  const entries = withoutRedeliveries(evidence.entries);
  const recipients = follow(evidence, entries);
  const parts = recipients.map(judgeOne);
  const known = new Set(evidence.recipients.map(({ order }) => order));
  const missing = evidence.rows.filter((order) => !known.has(order));
  const further = evidence.recipients.length - known.size;
  return [
    ...parts,
    { lost: missing.length, findings: named('row that is no recipient', missing) },
    { repeatedSilent: further, findings: further > 0 ? [`recipients twice on their topic: ${further}`] : [] },
    judgePromises(evidence, recipients),
    withinProgress(evidence.progress, recipients, entries),
  ];
}

function follow({ recipients, arrivals }: CampaignEvidence, entries: readonly EntryOut[]): FollowedRecipient[] {
  const ends = Map.groupBy(
    entries.filter(({ kind }) => END_KINDS.has(kind)),
    ({ fact }) => fact.messageId,
  );
  const taken = Map.groupBy(
    arrivals.filter(({ accepted }) => accepted),
    orderOf,
  );
  return recipients.map((one) => ({
    ...one,
    ends: ends.get(one.messageId) ?? [],
    arrivals: taken.get(one.order) ?? [],
  }));
}

function judgeOne(followed: FollowedRecipient): Part {
  const { order, ends, arrivals } = followed;
  const end = endOf(followed);
  const twice = ends.length > 1 ? [`ended more than once: ${order}, ${ends.map(({ kind }) => kind).join(', ')}`] : [];
  return { in: 1, ...judgeEnd(end, followed), ...judgeArrivals(order, ends, arrivals, twice) };
}

function judgeEnd(end: RecipientEnd, { order, arrivals }: FollowedRecipient): Part {
  const isTaken = arrivals.length > 0;
  if (end === 'sent' && isTaken) return { done: 1 };
  if (end === 'unresolved') return { skipped: 1, unresolved: 1 };
  if (end === 'open' || end === 'sent') return { lost: 1, findings: [`recipient lost (${end}): ${order}`] };
  if (isTaken) return { skipped: 1, contradicted: 1, findings: [`${end} by its fact, but sent: ${order}`] };
  return { skipped: 1 };
}

/** A message of a campaign is never sent again when nobody knows what became of it. */
function judgeArrivals(
  order: string,
  ends: readonly EntryOut[],
  arrivals: readonly ArrivalIn[],
  findings: readonly string[],
): Part {
  if (arrivals.length < 2) return { repeatedSilent: findings.length, ...(findings.length > 0 && { findings }) };
  const isMarked = ends.some(({ kind, fact }) => kind === 'message.unresolved' || fact.possiblyRepeated === true);
  if (isMarked) return { repeatedMarked: 1 };
  const requests = arrivals.map(({ seq }) => seq).join(', ');
  return { repeatedSilent: 1, findings: [...findings, `recipient sent to twice: ${order}, requests ${requests}`] };
}
