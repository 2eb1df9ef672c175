import type { FrequencyCap, Parties, TimelineEntry } from '@heliograph/contracts';
import type { Subjects } from '@heliograph/consent';
import { CAMPAIGN_GROUP } from '@heliograph/campaigns';
import { isFenceInForce, type RedisClient } from '@heliograph/redis';
import { divertedFrom, type Told } from '../counting/told.ts';
import type { Contacted, FrequencyStore } from './frequency.store.ts';

/** What a message that ended otherwise is not: to the contact, it never happened. */
const NOT_SENT = new Set(['failed', 'suppressed']);
/** A diverted one goes on to the same person. */
const SENT = new Set(['sent', 'unresolved', 'diverted']);

/** How often a contact may be sent to by campaigns. */
export class FrequencyCaps {
  /** @param partitions of the topics of conversations */
  constructor(
    private readonly store: FrequencyStore,
    private readonly redis: RedisClient,
    private readonly subjects: Subjects,
    private readonly partitions: number,
  ) {}

  /** @returns per message whether its contact may get it. @throws Unavailable; asking again gives the same */
  reserve(messages: readonly (Parties & { messageId: string })[], cap: FrequencyCap | undefined): Promise<boolean[]> {
    return Promise.all(messages.map((of) => this.store.reserve(this.contacted(of, of.messageId), cap)));
  }

  /** It will not be sent. @throws Unavailable; repeating changes nothing */
  giveBack(of: Parties & { messageId: string }): Promise<void> {
    return this.store.settle(this.contacted(of, of.messageId), undefined);
  }

  /** What an entry tells of when a message went out. @throws Unavailable; repeating changes nothing */
  async settle(entry: TimelineEntry, { standing, messageId }: Told): Promise<void> {
    if (standing === undefined) return;
    const contacted = this.contacted(entry, divertedFrom(entry) ?? messageId);
    if (SENT.has(standing)) await this.store.settle(contacted, Date.parse(entry.at));
    else if (NOT_SENT.has(standing)) await this.store.settle(contacted, undefined);
  }

  /**
   * Whether everything that was reserved is known: no partition is being brought back. To be asked after the reservation: what was
   * lost in between is missing then.
   *
   * @throws Unavailable
   */
  async isWhole(): Promise<boolean> {
    const all = Array.from({ length: this.partitions }, (_, partition) => partition);
    const inForce = await Promise.all(all.map((partition) => isFenceInForce(this.redis, partition, CAMPAIGN_GROUP)));
    return inForce.every(Boolean);
  }

  private contacted({ tenant, channel, contact }: Parties, messageId: string): Contacted {
    return { tenant, subject: this.subjects.of({ tenant, channel, address: contact }), messageId };
  }
}
