import { CAMPAIGN_GROUP } from '@heliograph/campaigns';
import {
  decodeEvent,
  EVENTS,
  TOPICS,
  type CampaignRecipient,
  type SendMessage,
  type TimelineEntry,
  type TopicDefinition,
} from '@heliograph/contracts';
import type { PartitionFetcher, TopicReader } from '@heliograph/kafka';
import { fenceKey, type RedisClient } from '@heliograph/redis';
import { FenceLost, type Log } from '@heliograph/runtime';
import type { Campaigns } from '../campaigns/campaigns.ts';
import type { CountsStore } from '../counting/counts.store.ts';
import { toldOf, type Told } from '../counting/told.ts';
import { CAPPED } from '../expansion/batch.ts';
import { isLongOver } from '../expansion/closings.ts';
import type { ExpansionStore } from '../expansion/expansion.store.ts';
import type { FrequencyCaps } from '../frequency/frequency-caps.ts';
import { RowsRead } from './rows-read.ts';

export interface PartitionRebuildDeps {
  readonly campaigns: Campaigns;
  readonly topics: TopicReader;
  /** Finds where in a topic a moment is. */
  readonly moments: (topic: TopicDefinition) => Pick<PartitionFetcher, 'since'>;
  readonly redis: RedisClient;
  readonly counts: CountsStore;
  readonly expansion: ExpansionStore;
  readonly caps: FrequencyCaps;
  readonly clock: () => number;
  readonly log: Pick<Log, 'info'>;
}

const BATCH = 200;
/** So far clocks may be apart. */
const CLOCKS_MS = 60 * 60 * 1_000;

/** Bytes that every entry about a campaign has. */
const OF_CAMPAIGN = '"campaign":{';

/**
 * Brings back how far campaigns are in a partition after Redis was lost: what was given is reread from the commands, which recipients
 * were not from the recipients up to the last one given, and what became of them from the timeline. Written by the scripts that write
 * it otherwise, under the fence of the rebuild. What is published meanwhile by somebody who has not noticed is given once more, under
 * the same id.
 */
export class PartitionRebuild {
  constructor(private readonly deps: PartitionRebuildDeps) {}

  /** @throws Unavailable; FenceLost when Redis was lost again, or another generation has taken it over */
  async run(partition: number, generation: number): Promise<void> {
    const { campaigns, log } = this.deps;
    await campaigns.caughtUp;
    const since = this.since();
    if (since === undefined) return;
    const token = await this.token(partition, generation);
    await this.forget(partition, token);
    const given = await this.given(partition, token, since);
    await this.rows(partition, token, since, given.highest);
    const entries = await this.entries(partition, token, since);
    log.info({ partition, generation, commands: given.commands, entries }, 'campaigns rebuilt');
  }

  /** From when on anything matters; undefined when there are no campaigns. */
  private since(): number | undefined {
    const { campaigns, clock } = this.deps;
    const now = clock();
    const all = campaigns.all();
    const known = all.filter((state) => !isLongOver(state, now));
    if (known.length === 0) return undefined;
    const caps = known.map(({ definition }) => now - (definition.frequencyCap?.perSeconds ?? 0) * 1_000);
    return Math.min(...known.map(({ definition }) => Date.parse(definition.createdAt)), ...caps) - CLOCKS_MS;
  }

  private async token(partition: number, generation: number): Promise<string> {
    const { redis } = this.deps;
    const token = await redis.call((client) => client.get(fenceKey(partition, CAMPAIGN_GROUP)));
    if (!token?.startsWith(`${redis.runId}|`) || !token.endsWith(`.${generation}|rebuilding`))
      throw new FenceLost(partition);
    return token;
  }

  private async forget(partition: number, token: string): Promise<void> {
    const { campaigns, expansion, clock } = this.deps;
    const now = clock();
    for (const state of campaigns.all()) {
      await expansion.forget(partition, token, state.campaignId, isLongOver(state, now) ? 'stay' : 'go');
    }
  }

  /** @returns by campaign the highest row that was given */
  private async given(
    partition: number,
    token: string,
    since: number,
  ): Promise<{ commands: number; highest: Map<string, number> }> {
    const { caps } = this.deps;
    const highest = new Map<string, number>();
    let commands = 0;
    const batch = this.counting(partition, token);
    await this.read(TOPICS.campaignCommand, partition, since, async (command: SendMessage) => {
      const { campaign, messageId, divertedFrom } = command;
      // One that came from another conversation is of a row in another partition.
      if (!campaign || divertedFrom) return;
      commands++;
      highest.set(campaign.campaignId, Math.max(Number(campaign.row), highest.get(campaign.campaignId) ?? 0));
      const { campaignId } = campaign;
      const told: Told = { campaignId, messageId, standing: 'given', sequence: 0, offset: 0, flags: '' };
      await batch.add(told, () => caps.reserve([command], undefined));
    });
    await batch.flush();
    return { commands, highest };
  }

  /** Those up to the last one given: who was not given was not to be. */
  private async rows(
    partition: number,
    token: string,
    since: number,
    highest: ReadonlyMap<string, number>,
  ): Promise<void> {
    const { campaigns, expansion } = this.deps;
    const rows = new RowsRead(highest, BATCH, async (giving) => {
      if (campaigns.of(giving.campaignId)) await expansion.give(partition, token, giving);
    });
    const { campaignRecipient } = TOPICS;
    await this.read(campaignRecipient, partition, since, async (recipient: CampaignRecipient, offset, type) => {
      if (type === EVENTS.campaignRecipient.type) await rows.add(offset, recipient, CAPPED);
    });
    await rows.flush();
  }

  /** @returns how many entries were about campaigns */
  private async entries(partition: number, token: string, since: number): Promise<number> {
    const { caps } = this.deps;
    let entries = 0;
    const batch = this.counting(partition, token);
    await this.read(TOPICS.conversationTimeline, partition, since, async (entry: TimelineEntry, offset) => {
      const told = toldOf(entry, offset);
      if (!told) return;
      entries++;
      await batch.add(told, () => caps.settle(entry, told));
    });
    await batch.flush();
    return entries;
  }

  private counting(partition: number, token: string): Counting {
    const { counts, campaigns } = this.deps;
    let waiting: { told: Told; also: () => Promise<unknown> }[] = [];
    const flush = async (): Promise<void> => {
      const batch = waiting;
      waiting = [];
      const told = batch.map((one) => one.told).filter(({ campaignId }) => campaigns.of(campaignId));
      const counted = told.length > 0 && counts.countAll({ partition, group: CAMPAIGN_GROUP, token }, told);
      await Promise.all([counted, ...batch.map(({ also }) => also())]);
    };
    const add = async (told: Told, also: () => Promise<unknown>): Promise<void> => {
      if (waiting.push({ told, also }) >= BATCH) await flush();
    };
    return { add, flush };
  }

  private async read<T>(
    topic: TopicDefinition,
    partition: number,
    since: number,
    visit: (data: T, offset: number, type: string) => Promise<void>,
  ): Promise<void> {
    const { topics, moments } = this.deps;
    const from = await moments(topic).since(partition, since);
    const isTimeline = topic.name === TOPICS.conversationTimeline.name;
    await topics.read(topic, partition, {
      from,
      visit: (record) => {
        if (isTimeline && !record.value?.includes(OF_CAMPAIGN)) return undefined;
        const decoded = decodeEvent(topic.name, record);
        return decoded.ok ? visit(decoded.event.data as T, record.offset, decoded.event.type) : undefined;
      },
    });
  }
}

/** Counts in batches, in the order in which it was told. */
interface Counting {
  /** @param also what else is done of it, with the batch */
  readonly add: (told: Told, also: () => Promise<unknown>) => Promise<void>;
  readonly flush: () => Promise<void>;
}
