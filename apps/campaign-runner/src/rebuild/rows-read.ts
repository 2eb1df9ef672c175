import type { CampaignRecipient } from '@heliograph/contracts';
import type { Giving } from '../expansion/expansion.store.ts';

type Row = Giving['rows'][number];

/** Gathers by campaign the recipients up to the last one that was given, and hands them over in batches. */
export class RowsRead {
  private readonly waiting = new Map<string, Row[]>();
  private readonly reached = new Map<string, number>();

  /** @param highest by campaign, the last row that was given */
  constructor(
    private readonly highest: ReadonlyMap<string, number>,
    private readonly size: number,
    private readonly handle: (giving: Giving) => Promise<void>,
  ) {}

  /** @param code of one that was not given */
  async add(offset: number, { campaignId, messageId }: CampaignRecipient, code: string): Promise<void> {
    if (offset > (this.highest.get(campaignId) ?? -1)) return;
    const rows = this.waiting.get(campaignId) ?? [];
    this.waiting.set(campaignId, rows);
    if (rows.push({ messageId, code }) >= this.size) await this.hand(campaignId, offset + 1);
  }

  async flush(): Promise<void> {
    for (const [campaignId, row] of this.highest) await this.hand(campaignId, row + 1);
  }

  private async hand(campaignId: string, next: number): Promise<void> {
    const rows = this.waiting.get(campaignId) ?? [];
    this.waiting.delete(campaignId);
    await this.handle({ campaignId, from: this.reached.get(campaignId), next, isClosed: false, rows, held: [] });
    this.reached.set(campaignId, next);
  }
}
