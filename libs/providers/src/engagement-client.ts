import type { Channel } from '@heliograph/contracts';
import type { CallOptions, CallResult } from './call-result.ts';

/** What the provider has set up for a channel: messages are sent from and received under its numbers. */
export interface Engagement {
  readonly id: string;
  readonly channel: Channel;
  /** Canonical. */
  readonly addresses: readonly string[];
}

/** One part of the list; there is more as long as `next` is given, also when `engagements` is empty. */
export interface EngagementPage {
  readonly engagements: readonly Engagement[];
  /** Cursor of the next page, opaque. */
  readonly next?: string;
}

export interface EngagementClient {
  /** What an account can send from. */
  listEngagements(options: CallOptions & { readonly cursor?: string }): Promise<CallResult<EngagementPage>>;
}
