import type { UploadCounts } from '@heliograph/contracts';
import { orderOf, type CampaignEvidence, type FollowedRecipient, type Promised } from './campaign-evidence.ts';
import { named, type ArrivalIn, type Part } from './evidence.ts';

/** From the answer of ingress to a STOP, or to a rejection, until the last request may arrive. */
export const STOPPED_WITHIN_MS = 1_000;
/**
 * A pause is in the gate before it is answered, and the gate is read at most 50 ms before the first byte; a grant is used within
 * 100 ms, which is what the design allows from there to the provider's log.
 */
export const PAUSED_WITHIN_MS = 150;
export const LONGEST_WAIT_MS = 2_000;
const LEAST_WAITS = 100;

export function judgePromises(evidence: CampaignEvidence, recipients: readonly FollowedRecipient[]): Part {
  const late = [...afterStop(evidence, recipients), ...whilePaused(evidence, recipients), ...afterRejection(evidence)];
  const broken = [
    ...ofUpload(evidence.upload),
    ...named('over a limit', evidence.overLimit),
    ...ofWaits(evidence.waits),
  ];
  return { swapped: late.length, unkept: broken.length, findings: [...late, ...broken] };
}

function afterStop({ stops }: Promised, recipients: readonly FollowedRecipient[]): string[] {
  const arrivals = new Map(recipients.map((one) => [one.order, one.arrivals]));
  return stops.flatMap(({ order, acknowledgedAt }) =>
    (arrivals.get(order) ?? [])
      .filter(({ at }) => at > acknowledgedAt + STOPPED_WITHIN_MS)
      .map(({ seq, at }) => `sent after STOP: ${order}, request ${seq}, ${Math.round(at - acknowledgedAt)} ms`),
  );
}

function whilePaused({ pauses }: Promised, recipients: readonly FollowedRecipient[]): string[] {
  const all = recipients.flatMap(({ arrivals }) => arrivals);
  return pauses.flatMap(({ acknowledgedAt, resumedAt }) =>
    all
      .filter(({ at }) => at > acknowledgedAt + PAUSED_WITHIN_MS && at < resumedAt)
      .map((one) => `sent while paused: ${orderOf(one)}, ${Math.round(one.at - acknowledgedAt)} ms after the answer`),
  );
}

function afterRejection({ rejections, arrivals }: CampaignEvidence): string[] {
  const isLate = (one: ArrivalIn, template: string | undefined, since = Infinity): boolean =>
    one.template === template && one.at > since + STOPPED_WITHIN_MS;
  return rejections.flatMap(({ template, acknowledgedAt }) =>
    arrivals
      .filter((one) => isLate(one, template, acknowledgedAt))
      .map(({ seq }) => `sent with a rejected template: request ${seq} with ${template}`),
  );
}

function ofUpload({ wanted, wrongLines, answer }: Promised['upload']): string[] {
  const differing = Object.entries(wanted)
    .filter(([name, count]) => answer[name as keyof UploadCounts] !== count)
    .map(([name, count]) => `${name} is ${answer[name as keyof UploadCounts]} instead of ${count}`);
  const told = new Set(answer.errors.map(({ line }) => line));
  const untold = wrongLines.filter((line) => !told.has(line)).map((line) => `line ${line} is wrong, and not told`);
  return named('upload', [...differing, ...untold]);
}

function ofWaits(waits: readonly number[]): string[] {
  if (waits.length < LEAST_WAITS)
    return [`transactional messages: only ${waits.length} that no fault stood in the way of`];
  const p99 = percentile(waits, 0.99);
  return p99 < LONGEST_WAIT_MS ? [] : [`transactional messages: p99 of ${waits.length} waits is ${Math.round(p99)} ms`];
}

/** The smallest value that so many of them, as a share of 1, do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
