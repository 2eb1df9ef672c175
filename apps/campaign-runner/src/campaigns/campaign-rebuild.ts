import { campaignKey, decodeEvent, TOPICS, type CampaignState } from '@heliograph/contracts';
import { partitionOf, type TopicReader } from '@heliograph/kafka';
import { sleep, type Log } from '@heliograph/runtime';
import { ORDERS_GROUP } from '../config.ts';
import type { CampaignGates } from './campaign-gates.ts';
import type { CampaignStore } from './campaign.store.ts';
import type { CampaignTable } from './campaign-table.ts';

export interface CampaignRebuildOptions {
  readonly topics: TopicReader;
  readonly table: Pick<CampaignTable, 'caughtUp' | 'all' | 'live' | 'readBelow'>;
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
    const { store, gates } = this.options;
    const states = await this.states(partition);
    for (const state of states) {
      await store.restore(partition, generation, state);
      await gates.set(state);
    }
    return states.length;
  }

  /** What the table has, and what is on the topic behind that. */
  private async states(partition: number): Promise<CampaignState[]> {
    const { table, topics } = this.options;
    const states = new Map<string, CampaignState>();
    const add = (state: CampaignState): void => {
      if (!this.isOf(partition, state)) return;
      if (state.version > (states.get(state.campaignId)?.version ?? 0)) states.set(state.campaignId, state);
    };
    const from = table.readBelow();
    for (const state of table.all()) add(state);
    const { campaignState } = TOPICS;
    await topics.read(campaignState, 0, {
      from,
      visit: (record) => {
        const decoded = record.value === null ? undefined : decodeEvent(campaignState.name, record);
        if (decoded?.ok) add(decoded.event.data as CampaignState);
      },
    });
    return [...states.values()];
  }

  private isOf(partition: number, state: CampaignState): boolean {
    return partitionOf(campaignKey(state), this.options.partitions) === partition;
  }
}
