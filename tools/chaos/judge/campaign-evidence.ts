import type { CampaignProgress, UploadCounts } from '@heliograph/contracts';
import type { ArrivalIn, EntryOut } from './evidence.ts';

export interface RecipientIn {
  /** Unique in the run: the provider's log shows it. */
  readonly order: string;
  readonly messageId: string;
}

/** Everything that is known of a campaign, and nothing of it from the services but its progress, which is held against the rest. */
export interface CampaignEvidence extends Promised {
  /** Orders of the rows that have to become recipients. */
  readonly rows: readonly string[];
  /** As they lie on their topic. */
  readonly recipients: readonly RecipientIn[];
  readonly entries: readonly EntryOut[];
  readonly arrivals: readonly ArrivalIn[];
  /** As the API tells it at the end. */
  readonly progress: CampaignProgress;
}

/** One recipient with everything that was found of it. */
export interface FollowedRecipient extends RecipientIn {
  /** Facts that end it, in their order. */
  readonly ends: readonly EntryOut[];
  /** Taken by the provider. */
  readonly arrivals: readonly ArrivalIn[];
}

export type RecipientEnd = 'sent' | 'failed' | 'suppressed' | 'unresolved' | 'open';

/** What was done to a campaign, when it was acknowledged, and what else it was to keep. Moments in milliseconds since the epoch. */
export interface Promised {
  /** Customers whose STOP was acknowledged by ingress. */
  readonly stops: readonly { readonly order: string; readonly acknowledgedAt: number }[];
  /** From the answer that it is paused to the call that lets it go on. */
  readonly pauses: readonly { readonly acknowledgedAt: number; readonly resumedAt: number }[];
  /** Templates that were rejected, as ingress has acknowledged it. */
  readonly rejections: readonly { readonly template?: string; readonly acknowledgedAt?: number }[];
  /** What the upload had to answer, and what it did. */
  readonly upload: {
    readonly wanted: UploadCounts;
    readonly wrongLines: readonly number[];
    readonly answer: UploadAnswerIn;
  };
  /** Limits that were exceeded, by the provider's own windows. */
  readonly overLimit: readonly string[];
  /** Milliseconds from the acceptance to the arrival of transactional messages that no fault stood in the way of. */
  readonly waits: readonly number[];
}

export interface UploadAnswerIn extends UploadCounts {
  readonly errors: readonly { readonly line: number }[];
}

/** What a message of a campaign says first, by which it is recognised. */
export const orderOf = ({ text = '' }: Pick<ArrivalIn, 'text'>): string => text.split(' | ', 1)[0]!;

/** How it ended: one that was sent after all, whatever was said before, is sent. */
export function endOf({ ends }: Pick<FollowedRecipient, 'ends'>): RecipientEnd {
  const kinds = new Set(ends.map(({ kind }) => kind.slice('message.'.length) as RecipientEnd));
  return (['sent', 'unresolved', 'failed', 'suppressed'] as const).find((kind) => kinds.has(kind)) ?? 'open';
}
