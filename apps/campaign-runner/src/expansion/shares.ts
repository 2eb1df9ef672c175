import type { CampaignDefinition } from '@heliograph/contracts';

/** A campaign of which more could be given in a partition. */
export interface Contender {
  readonly campaignId: string;
  /** As {@link senderIn} names it. */
  readonly sender: string;
  /** Its messages that are given and have not ended. */
  readonly given: number;
  /** Whether there is anything left to give. */
  readonly wants: boolean;
  /** Most that may be given and not ended by its own pace. */
  readonly most: number;
}

/** Fewest and most messages of a sender that are given and not ended in a partition. */
export interface LookAhead {
  readonly least: number;
  readonly most: number;
}

/** Enough for a busy partition, few enough to be stopped within a moment: they wait at the dispatcher. */
export const LOOK_AHEAD: LookAhead = { least: 64, most: 2_048 };

/** Of a campaign with a pace of its own, ten seconds' worth are given ahead. */
const OWN_PACE_MS = 10_000;
const MINUTE_MS = 60_000;

/** What a campaign's messages come from, in a partition. */
export const senderIn = (partition: number, of: CampaignDefinition): string =>
  JSON.stringify([partition, of.tenant, of.account, of.channel, of.sender]);

/** How many of a campaign's messages may be under way in one of the partitions by its own pace. */
export function ownMost({ perMinute }: CampaignDefinition, partitions: number): number {
  if (perMinute === undefined) return Infinity;
  return Math.max(1, Math.ceil((perMinute * OWN_PACE_MS) / MINUTE_MS / partitions));
}

/** As much as two seconds' worth of what ended lately, within the bounds. */
export const windowOf = (endedLately: number, { least, most }: LookAhead): number =>
  Math.min(most, Math.max(least, endedLately));

/**
 * How many more messages of each campaign are to be given: what a sender may have under way is shared evenly among its campaigns that
 * want to give, and never exceeded by them together.
 *
 * @param windows by sender, how many of its messages may be given and not ended
 */
export function roomsOf(contenders: readonly Contender[], windows: (sender: string) => number): Map<string, number> {
  const rooms = new Map<string, number>();
  for (const [sender, campaigns] of bySender(contenders)) {
    const window = windows(sender);
    const wanting = campaigns.filter(({ wants }) => wants);
    const others = campaigns.filter(({ wants }) => !wants);
    const toShare = window - givenOf(others);
    const share = Math.max(1, Math.floor(toShare / wanting.length));
    let left = toShare - givenOf(wanting);
    const byWish = wanting
      .map(({ campaignId, given, most }) => ({ campaignId, wish: Math.max(0, Math.min(share, most) - given) }))
      .sort((a, b) => a.wish - b.wish);
    for (const [index, { campaignId, wish }] of byWish.entries()) {
      // Who wishes for less than its part leaves the rest to those after it.
      const part = Math.ceil(Math.max(0, left) / (byWish.length - index));
      const room = Math.min(wish, part);
      left -= room;
      rooms.set(campaignId, room);
    }
  }
  return rooms;
}

const givenOf = (campaigns: readonly Contender[]): number => campaigns.reduce((sum, { given }) => sum + given, 0);

function bySender(contenders: readonly Contender[]): Map<string, Contender[]> {
  const senders = new Map<string, Contender[]>();
  for (const contender of contenders) {
    const same = senders.get(contender.sender);
    if (same) same.push(contender);
    else senders.set(contender.sender, [contender]);
  }
  return senders;
}
