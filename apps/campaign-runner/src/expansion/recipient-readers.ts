import type { CampaignDefinition } from '@heliograph/contracts';
import type { PartitionFetcher } from '@heliograph/kafka';
import { RecipientRows, type TakenRows } from './recipient-rows.ts';

/** So far the clock of whoever wrote a recipient may be behind that of whoever created its campaign. */
const CLOCKS_MS = 60 * 60 * 1_000;

interface Reader {
  readonly rows: RecipientRows;
  /** What was written down of how far it is. */
  noted: number | undefined;
}

/** The recipients that are being read, by partition and campaign. */
export class RecipientReaders {
  private readonly readers = new Map<number, Map<string, Reader>>();

  constructor(private readonly fetcher: Pick<PartitionFetcher, 'fetch' | 'since'>) {}

  /** @param next what is written down of how far it is. @throws Unavailable */
  async take(
    partition: number,
    { campaignId, createdAt }: CampaignDefinition,
    next: number | undefined,
    most: number,
  ): Promise<TakenRows> {
    const readers = this.readers.get(partition) ?? new Map<string, Reader>();
    this.readers.set(partition, readers);
    let reader = readers.get(campaignId);
    if (!reader || reader.noted !== next) {
      const from = next ?? (await this.fetcher.since(partition, Date.parse(createdAt) - CLOCKS_MS));
      reader = { rows: new RecipientRows(this.fetcher, partition, campaignId, from), noted: next };
      readers.set(campaignId, reader);
    }
    return reader.rows.take(most);
  }

  /** What was taken is written down. */
  noted(partition: number, campaignId: string, next: number): void {
    const reader = this.readers.get(partition)?.get(campaignId);
    if (reader) reader.noted = next;
  }

  /** What was taken and not written down is to be taken again. @param campaignId of one; absent: of all */
  forget(partition: number, campaignId?: string): void {
    if (campaignId === undefined) this.readers.delete(partition);
    else this.readers.get(partition)?.delete(campaignId);
  }
}
