import { partitionKey } from '@heliograph/redis';

/** The consumer group that folds consent, in session-state; its fence guards the keys below. */
export const CONSENT_GROUP = 'session-state.consent';

export interface ConsentSubject {
  readonly tenant: string;
  /** Keyed hash of the contact. */
  readonly subject: string;
}

/**
 * Where a contact stands: a hash. `purposes` and `state` are for readers; the rest belongs to the group.
 *
 * @param partition of the consent topics
 */
export const consentStateKey = (partition: number, { tenant, subject }: ConsentSubject): string =>
  partitionKey(partition, 'consent', `${tenant}:${subject}`);

/** The latest opt-out by keyword that the fold of a conversation saw: `<moment, ms> <id of the change>`. */
export const earlyStopKey = (partition: number, { tenant, subject }: ConsentSubject): string =>
  partitionKey(partition, 'stop', `${tenant}:${subject}`);
