import type { CampaignProgress, CampaignState } from '@heliograph/contracts';
import type { RedisClient } from '@heliograph/redis';
import { progressKey } from './keys.ts';
import { progressOf, type PartitionCounts } from './progress.ts';

/** How far a campaign is, and whether anything of it is still to be done. */
export interface CampaignStanding {
  readonly progress: CampaignProgress;
  /** Every recipient was given to the dispatcher, and has ended. */
  readonly isDrained: boolean;
}

/** Reads how far campaigns are. */
export class ProgressReader {
  /** @param partitions of the topics of conversations */
  constructor(
    private readonly redis: RedisClient,
    private readonly partitions: number,
  ) {}

  /** @throws Unavailable */
  async of(campaign: Pick<CampaignState, 'campaignId' | 'uploads'>): Promise<CampaignProgress> {
    return (await this.standing(campaign)).progress;
  }

  /** @throws Unavailable */
  async standing({ campaignId, uploads }: Pick<CampaignState, 'campaignId' | 'uploads'>): Promise<CampaignStanding> {
    const keys = Array.from({ length: this.partitions }, (_, partition) => progressKey(partition, campaignId));
    const counts: PartitionCounts[] = await Promise.all(
      keys.map((key) => this.redis.call((client) => client.hgetall(key))),
    );
    const progress = progressOf(uploads.accepted, counts);
    const isClosed = counts.every(({ closed }) => closed === '1');
    const isHeld = counts.some((one) => Number(one['is:held'] ?? 0) > 0);
    return { progress, isDrained: isClosed && !isHeld && progress.underWay <= 0 };
  }
}
