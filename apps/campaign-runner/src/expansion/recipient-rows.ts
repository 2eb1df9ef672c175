import { decodeEvent, EVENTS, TOPICS, type CampaignRecipient, type CloudEvent } from '@heliograph/contracts';
import type { FetchedRecords, PartitionFetcher } from '@heliograph/kafka';
import { metrics } from '../metrics.ts';

/** A recipient as it stands on its topic. */
export interface Row {
  readonly offset: number;
  readonly recipient: CampaignRecipient;
  readonly event: CloudEvent<CampaignRecipient>;
}

export interface TakenRows {
  readonly rows: readonly Row[];
  /** The offset to go on at. */
  readonly next: number;
  /** There are no more. */
  readonly isClosed: boolean;
  /** There was nothing more to be read. */
  readonly isAtEnd: boolean;
}

/** A partition that many campaigns have recipients in is read in steps of so many fetches. */
const FETCHES_PER_TAKE = 8;

/**
 * The recipients of one campaign in one partition, from an offset on. What is taken next is fetched meanwhile.
 *
 * A campaign that could not be started at once may have more than one closing mark, and recipients between them: the last one
 * counts. All of them were written before it was started, so nothing comes behind where the partition ended when one was read.
 */
export class RecipientRows {
  private readonly waiting: Row[] = [];
  private scanned: number;
  /** Where the partition ended when the closing mark was read, while no recipient was found behind it. */
  private closedAt: number | undefined;
  private filling: Promise<boolean> | undefined;

  constructor(
    private readonly fetcher: Pick<PartitionFetcher, 'fetch'>,
    private readonly partition: number,
    private readonly campaignId: string,
    from: number,
  ) {
    this.scanned = from;
  }

  /** @throws Unavailable */
  async take(most: number): Promise<TakenRows> {
    let isAtEnd = false;
    for (let fetches = 0; fetches < FETCHES_PER_TAKE && this.waiting.length < most && !this.isRead; fetches++) {
      isAtEnd = !(await this.fill());
      if (isAtEnd) break;
    }
    const rows = this.waiting.splice(0, most);
    const next = this.waiting[0]?.offset ?? this.scanned;
    // A failure is met again by the next take.
    if (this.waiting.length < most && !this.isRead && !isAtEnd) void this.fill().catch(() => undefined);
    const isEmpty = this.waiting.length === 0;
    return { rows, next, isClosed: isEmpty && this.isRead, isAtEnd: isEmpty && isAtEnd };
  }

  private get isRead(): boolean {
    return this.closedAt !== undefined && this.scanned >= this.closedAt;
  }

  /** @returns false when there was nothing to fetch */
  private fill(): Promise<boolean> {
    this.filling ??= this.fetch().finally(() => (this.filling = undefined));
    return this.filling;
  }

  private async fetch(): Promise<boolean> {
    const fetched = await this.fetcher.fetch(this.partition, this.scanned);
    for (const record of fetched.records) this.visit(record, fetched);
    const before = this.scanned;
    this.scanned = fetched.next;
    return this.scanned > before;
  }

  private visit(record: FetchedRecords['records'][number], { end }: FetchedRecords): void {
    // Searching the bytes costs a hundredth of reading them.
    if (!record.value?.includes(this.campaignId)) return;
    const decoded = decodeEvent(TOPICS.campaignRecipient.name, record);
    if (!decoded.ok) return metrics.unreadable.inc();
    const { type, data } = decoded.event as CloudEvent<CampaignRecipient>;
    if (data.campaignId !== this.campaignId) return;
    if (type === EVENTS.campaignRecipientsClosed.type) {
      this.closedAt = end;
      return;
    }
    this.closedAt = undefined;
    const event = decoded.event as CloudEvent<CampaignRecipient>;
    this.waiting.push({ offset: record.offset, recipient: data, event });
  }
}
