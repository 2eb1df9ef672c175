import { campaignKey, type CampaignProgress, type CampaignState } from '@heliograph/contracts';
import type { CampaignStanding, ProgressReader } from '@heliograph/campaigns';
import { partitionOf } from '@heliograph/kafka';
import { FenceLost, Unavailable, type Log } from '@heliograph/runtime';
import { tick, type Sight } from '../fold/tick.ts';
import { progressReporting, type ProgressReport } from '../metrics.ts';
import type { Preflight } from '../preflight/preflight.ts';
import type { Place } from './campaign.store.ts';
import type { CampaignTable } from './campaign-table.ts';
import type { CampaignsService } from './campaigns.service.ts';
import type { OwnedPartitions } from './owned-partitions.ts';

/** Between two looks at how far a campaign is: each reads as many keys as there are partitions. */
const STANDING_MS = 1_000;
/** Between two looks whether Redis was lost: so long at most nothing of any campaign is sent before it is brought back. */
const WATCH_MS = 500;

export interface CampaignTickerOptions {
  readonly table: Pick<CampaignTable, 'live'>;
  readonly owned: OwnedPartitions;
  readonly campaigns: CampaignsService;
  readonly preflight: Pick<Preflight, 'verdict'>;
  readonly progress: ProgressReader;
  /** Of what is asked of campaigns. */
  readonly partitions: number;
  readonly everyMs: number;
  readonly clock: () => number;
  readonly log: Pick<Log, 'warn'>;
}

/** What is remembered of a campaign between two looks. */
interface Known {
  /** Redis has this version published, and nothing was to be done. */
  settled?: { readonly version: number; readonly fence: string };
  nextStanding: number;
  /** As of the last look. */
  counted?: { readonly tenant: string; readonly campaign: string; readonly progress: CampaignProgress };
}

/**
 * Looks at the campaigns of this process's partitions again and again, and lets time pass for them. The table says which there are;
 * what Redis has decides. A state whose publisher has ended shows in the table as one before it, so it is found here, too.
 */
export class CampaignTicker implements ProgressReport {
  private readonly known = new Map<string, Known>();
  private readonly busy = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private soonTimer: NodeJS.Immediate | undefined;
  private nextWatch = 0;
  private watching: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: CampaignTickerOptions) {}

  start(): void {
    progressReporting.add(this);
    this.timer = setInterval(() => this.round(), this.options.everyMs);
  }

  /** Looks at once: something has changed. */
  soon(): void {
    if (this.stopped) return;
    this.soonTimer ??= setImmediate(() => {
      this.soonTimer = undefined;
      this.round();
    });
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    progressReporting.delete(this);
    clearInterval(this.timer);
    clearImmediate(this.soonTimer);
    await Promise.all([this.watching, ...this.busy.values()]);
  }

  *progress(): Iterable<NonNullable<Known['counted']>> {
    for (const { counted } of this.known.values()) if (counted) yield counted;
  }

  private round(): void {
    const live = this.options.table.live();
    for (const state of live) this.visit(state);
    if (this.known.size > live.length) this.forgetOthers(live);
    const now = performance.now();
    if (now < this.nextWatch) return;
    this.nextWatch = now + WATCH_MS;
    this.watching = this.watching.then(() => this.options.owned.look());
  }

  private visit(state: CampaignState): void {
    const { campaignId } = state;
    const place = this.options.owned.place(partitionOf(campaignKey(state), this.options.partitions));
    if (this.busy.has(campaignId)) return;
    if (!place) return void this.known.delete(campaignId);
    const visit = this.look(place, state)
      .catch((error: unknown) => this.failed(place, campaignId, error))
      .finally(() => this.busy.delete(campaignId));
    this.busy.set(campaignId, visit);
  }

  private async look(place: Place, told: CampaignState): Promise<void> {
    const { campaigns, preflight, clock } = this.options;
    const { campaignId } = told;
    const known = this.known.get(campaignId) ?? { nextStanding: 0 };
    this.known.set(campaignId, known);
    const standing = await this.standing(told, known);
    const see = (state: CampaignState): Sight => ({ now: clock(), verdict: preflight.verdict(state), standing });
    const { settled } = known;
    const isSettled = settled?.version === told.version && settled.fence === place.fence;
    if (isSettled && !tick(told, see(told))) return;
    const version = await campaigns.tick(place, campaignId, see);
    known.settled = version === undefined ? undefined : { version, fence: place.fence };
  }

  private async standing(state: CampaignState, known: Known): Promise<CampaignStanding | undefined> {
    const now = performance.now();
    if (state.state === 'draft' || now < known.nextStanding) return undefined;
    known.nextStanding = now + STANDING_MS;
    const standing = await this.options.progress.standing(state);
    known.counted = { tenant: state.tenant, campaign: state.campaignId, progress: standing.progress };
    return standing;
  }

  private failed(place: Place, campaignId: string, error: unknown): void {
    if (error instanceof FenceLost) return this.options.owned.lost(place);
    // Redis and Kafka tell of themselves; the next look finds the campaign as it is.
    if (error instanceof Unavailable) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.options.log.warn({ campaignId, reason }, 'a campaign could not be looked at, trying again');
  }

  private forgetOthers(live: readonly CampaignState[]): void {
    const ids = new Set(live.map(({ campaignId }) => campaignId));
    for (const id of this.known.keys()) if (!ids.has(id)) this.known.delete(id);
  }
}
