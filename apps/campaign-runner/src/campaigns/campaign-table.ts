import { TOPICS, type CampaignState } from '@heliograph/contracts';
import { followTopic, type FollowedTopic, type Kafka } from '@heliograph/kafka';
import { reporting, type CampaignReport } from '../metrics.ts';
import type { Campaigns } from './campaigns.ts';

/** Where every campaign stands, as `campaign.state` tells it: each replica reads all of it. */
export class CampaignTable implements CampaignReport, Campaigns {
  private readonly states = new Map<string, CampaignState>();
  private readonly listeners = new Set<(state: CampaignState) => void>();
  private readonly topic: FollowedTopic;
  private runningOnes: readonly CampaignState[] | undefined;
  private endingOnes: readonly CampaignState[] | undefined;

  constructor(kafka: Kafka) {
    this.topic = followTopic(kafka, TOPICS.campaignState, {
      visit: ({ event }) => this.set(event.data as CampaignState),
    });
    reporting.add(this);
  }

  /** Resolves when every state that was on the topic at the start is here; rejects when it was closed before. */
  get caughtUp(): Promise<void> {
    return this.topic.caughtUp;
  }

  /** Why the table does not say what the topic says; undefined when it does. */
  problem(): string | undefined {
    return this.topic.problem();
  }

  of(campaignId: string): CampaignState | undefined {
    return this.states.get(campaignId);
  }

  /** Those that are finished among them. */
  all(): CampaignState[] {
    return [...this.states.values()];
  }

  /** Campaigns that are not finished. */
  live(): CampaignState[] {
    return [...this.states.values()].filter(({ state }) => state !== 'finished');
  }

  /** Campaigns whose messages are to be given now. */
  running(): readonly CampaignState[] {
    return (this.runningOnes ??= this.live().filter(({ state, ending }) => state === 'running' && !ending));
  }

  /** Campaigns that were cancelled, or whose time is over, and that have recipients of whom that is not said yet. */
  ended(): readonly CampaignState[] {
    return (this.endingOnes ??= this.live().filter(({ ending }) => ending !== undefined));
  }

  /** Every state on the topic below this offset shows here. */
  readBelow(): number {
    return this.topic.visitedBelow(0);
  }

  /** Called with each state that is new. @returns ends it */
  onChange(listener: (state: CampaignState) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  counts(): { tenant: string; state: string; count: number }[] {
    const counts = new Map<string, { tenant: string; state: string; count: number }>();
    for (const { tenant, state } of this.live()) {
      const key = JSON.stringify([tenant, state]);
      const before = counts.get(key)?.count ?? 0;
      counts.set(key, { tenant, state, count: before + 1 });
    }
    return [...counts.values()];
  }

  async close(): Promise<void> {
    reporting.delete(this);
    await this.topic.close();
  }

  /** Whoever publishes a state again does not take back the later one. */
  private set(state: CampaignState): void {
    if (state.version <= (this.of(state.campaignId)?.version ?? 0)) return;
    this.states.set(state.campaignId, state);
    this.runningOnes = undefined;
    this.endingOnes = undefined;
    for (const listener of this.listeners) listener(state);
  }
}
