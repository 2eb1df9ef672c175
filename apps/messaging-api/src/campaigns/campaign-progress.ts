import { Injectable } from '@nestjs/common';
import { ProgressReader } from '@heliograph/campaigns';
import type { CampaignProgress, CampaignStep } from '@heliograph/contracts';
import type { KnownCampaign } from './campaign-table.ts';
import { latestOf } from './latest-progress.ts';

/** Readers within this time share one answer: every partition is asked for it. */
const SHARED_MS = 500;
const MOST_SHARED = 1_000;

export interface ShownProgress {
  readonly progress: CampaignProgress;
  /** ISO 8601; of a running one, from when something has ended. */
  readonly expectedEnd?: string;
}

/** How far campaigns are. */
@Injectable()
export class Progress {
  private readonly shared = new Map<string, { readonly at: number; readonly read: Promise<CampaignProgress> }>();

  constructor(private readonly reader: ProgressReader) {}

  /** @throws Unavailable */
  async of(campaign: KnownCampaign): Promise<ShownProgress> {
    const progress = latestOf(campaign.progress, await this.read(campaign));
    const expectedEnd = expectedEndOf(campaign, progress, Date.now());
    return { progress, ...(expectedEnd !== undefined && { expectedEnd }) };
  }

  private read(campaign: KnownCampaign): Promise<CampaignProgress> {
    const key = `${campaign.campaignId} ${campaign.version}`;
    const now = performance.now();
    const before = this.shared.get(key);
    if (before && now - before.at < SHARED_MS) return before.read;
    if (this.shared.size >= MOST_SHARED) this.shared.clear();
    const read = this.reader.of(campaign);
    this.shared.set(key, { at: now, read });
    read.catch(() => this.shared.delete(key));
    return read;
  }
}

/** At the pace it has had while it ran. */
export function expectedEndOf(
  { state, history }: Pick<KnownCampaign, 'state' | 'history'>,
  { accepted, waiting, underWay }: CampaignProgress,
  now: number,
): string | undefined {
  const left = waiting + underWay;
  const ended = accepted - left;
  const ran = ranFor(history, now);
  if (state !== 'running' || ended <= 0 || left <= 0 || ran <= 0) return undefined;
  return new Date(now + Math.round((left * ran) / ended)).toISOString();
}

function ranFor(history: readonly CampaignStep[], now: number): number {
  return history.reduce((sum, { state, at }, index) => {
    const next = history[index + 1];
    return state === 'running' ? sum + (next ? Date.parse(next.at) : now) - Date.parse(at) : sum;
  }, 0);
}
