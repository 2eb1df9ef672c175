import { CAMPAIGN_GROUP, heldKey, messagesKey, progressKey } from '@heliograph/campaigns';
import { PartitionGathering, script, type HeldFence, type RedisClient } from '@heliograph/redis';
import { FORWARD_MARKS, MARKS, type Told } from './told.ts';

const COUNT = script({ name: 'count-entries', file: new URL('./count-entries.lua', import.meta.url), keys: 'any' });

/** About 10 µs of Redis' time each. */
const MOST_PER_CALL = 128;

/** Counts by message what became of campaigns' messages. Repeats change nothing, so it needs no offsets. */
export class CountsStore {
  private readonly counts = new PartitionGathering<Told, boolean>(MOST_PER_CALL, (partition, told, token) =>
    this.countAll({ partition, group: CAMPAIGN_GROUP, token }, told),
  );

  constructor(private readonly redis: RedisClient) {}

  /**
   * What is asked for within one turn goes in one script.
   *
   * @returns whether the message has ended with it
   * @throws FenceLost, Unavailable; counting again is safe
   */
  count(partition: number, token: string, told: Told): Promise<boolean> {
    return this.counts.add(partition, told, token);
  }

  /** @throws as {@link count} */
  async countAll(fence: HeldFence, told: readonly Told[]): Promise<boolean[]> {
    const { partition } = fence;
    const campaigns = [...new Set(told.map(({ campaignId }) => campaignId))];
    const keys = campaigns.flatMap((id) => [
      progressKey(partition, id),
      messagesKey(partition, id),
      heldKey(partition, id),
    ]);
    const args = told.flatMap((one) => [campaigns.indexOf(one.campaignId) + 1, ...fieldsOf(one)]);
    const ended = await this.redis.runFenced<number[]>(COUNT, fence, keys, [FORWARD_MARKS, ...args]);
    return ended.map((one) => one === 1);
  }
}

function fieldsOf({ messageId, standing, sequence, offset, resumeAt, code, flags }: Told): (string | number)[] {
  return [messageId, standing ? MARKS[standing] : '', sequence, offset, resumeAt ?? 0, code ?? '', flags];
}
