import { campaignKey, decodeEvent, TOPICS, type CampaignState } from '@heliograph/contracts';
import { partitionOf, type TopicReader } from '@heliograph/kafka';
import { sleep, type Log } from '@heliograph/runtime';
import { ORDERS_GROUP } from '../config.ts';
import type { CampaignGates } from './campaign-gates.ts';
import type { CampaignStore } from './campaign.store.ts';
import type { CampaignTable } from './campaign-table.ts';

export interface CampaignRebuildOptions {
  readonly topics: TopicReader;
  readonly table: Pick<CampaignTable, 'caughtUp' | 'live'>;
  readonly store: CampaignStore;
  readonly gates: CampaignGates;
  /** Of what is asked of campaigns. */
  readonly partitions: number;
  /** How long a publish begun before the loss can last, milliseconds. */
  readonly publishMs: number;
  readonly log: Pick<Log, 'info'>;
}

/**
 * Brings back where the campaigns of a partition stand after Redis was lost: the states on the topic, read after every publish begun
 * before the loss is out of time. Until it has ended nobody knows whether anything of them may be sent, so nothing is.
 */
export class CampaignRebuild {
  constructor(private readonly options: CampaignRebuildOptions) {}

  /** @throws Unavailable, or Error when Redis was lost again or another generation took over */
  async run(partition: number, generation: number): Promise<void> {
    const { publishMs, log } = this.options;
    const isWaiting = await this.mayBePublishing(partition);
    if (isWaiting) await sleep(publishMs);
    const campaigns = await this.restore(partition, generation);
    log.info({ partition, generation, campaigns, waited: isWaiting }, 'campaigns rebuilt');
  }

  /** Only what was asked for and is not folded yet, or a campaign that time may move, can have a publisher. */
  private async mayBePublishing(partition: number): Promise<boolean> {
    const { topics, table } = this.options;
    await table.caughtUp;
    if (table.live().some((state) => this.isOf(partition, state))) return true;
    const { campaignOrder } = TOPICS;
    const from = await topics.committed(ORDERS_GROUP, campaignOrder, partition);
    const { records } = await topics.read(campaignOrder, partition, { from, visit: () => undefined });
    return records > 0;
  }

  private async restore(partition: number, generation: number): Promise<number> {
    const states = new Map<string, CampaignState>();
    const { campaignState } = TOPICS;
    await this.options.topics.read(campaignState, 0, {
      visit: (record) => {
        if (record.value === null) return;
        const decoded = decodeEvent(campaignState.name, record);
        const state = decoded.ok ? (decoded.event.data as CampaignState) : undefined;
        if (!state || !this.isOf(partition, state)) return;
        if (state.version > (states.get(state.campaignId)?.version ?? 0)) states.set(state.campaignId, state);
      },
    });
    const { store, gates } = this.options;
    for (const state of states.values()) {
      await store.restore(partition, generation, state);
      await gates.set(state);
    }
    return states.size;
  }

  private isOf(partition: number, state: CampaignState): boolean {
    return partitionOf(campaignKey(state), this.options.partitions) === partition;
  }
}
