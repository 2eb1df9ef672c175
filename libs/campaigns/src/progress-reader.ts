import type { CampaignProgress, CampaignState } from '@heliograph/contracts';
import type { RedisClient } from '@heliograph/redis';
import { progressKey } from './keys.ts';
import { progressOf } from './progress.ts';

/** Reads how far campaigns are. */
export class ProgressReader {
  /** @param partitions of the topics of conversations */
  constructor(
    private readonly redis: RedisClient,
    private readonly partitions: number,
  ) {}

  /** @throws Unavailable */
  async of({ campaignId, uploads }: Pick<CampaignState, 'campaignId' | 'uploads'>): Promise<CampaignProgress> {
    const keys = Array.from({ length: this.partitions }, (_, partition) => progressKey(partition, campaignId));
    const counts = await Promise.all(keys.map((key) => this.redis.call((client) => client.hgetall(key))));
    return progressOf(uploads.accepted, counts);
  }
}
