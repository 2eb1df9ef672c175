import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ConsentReader, Subjects } from '@heliograph/consent';
import {
  campaignKey,
  EVENTS,
  type CampaignDefinition,
  type CampaignRecipient,
  type UploadCounts,
} from '@heliograph/contracts';
import { ApiError } from '@heliograph/http-api';
import { EventPublisher, newEvent, type OutgoingEvent } from '@heliograph/kafka';
import { Log, Readiness, Unavailable } from '@heliograph/runtime';
import { SOURCE } from '../messages/accepted-commands.ts';
import { metrics } from '../metrics.ts';
import { Templates } from '../templates/templates.ts';
import { isProblem, type ReadRow, type RowReader } from './reading/row.ts';
import { RecipientRows } from './rows/recipient-rows.ts';
import { UploadStore, type Upload } from './upload.store.ts';
import { UploadTally } from './upload-tally.ts';

/** Recipients on their way to Kafka at once. */
const BATCH = 500;
/** A row takes about 0.1 ms; requests of others come in between. */
const ROWS_PER_TURN = 50;
const OUTCOMES = ['accepted', 'invalid', 'repeated', 'suppressed'] as const;
const PUBLISH_DEADLINE_MS = 10_000;

export interface UploadResult extends UploadCounts {
  readonly uploadId: string;
  readonly errors: UploadTally['errors'];
  readonly errorsOmitted: number;
}

/** Turns the rows of a body into recipients on their topic. Memory does not grow with the number of rows. */
@Injectable()
export class RecipientUploads {
  constructor(
    private readonly store: UploadStore,
    private readonly templates: Templates,
    private readonly consent: ConsentReader,
    private readonly subjects: Subjects,
    private readonly publisher: EventPublisher,
    private readonly readiness: Readiness,
    private readonly log: Log,
  ) {}

  /**
   * Whatever ends an upload early, the rows before it are recipients, and are counted; repeating it makes repeats of them.
   *
   * @throws ApiError 400 for a body that cannot be read at all, 408, 409 when the campaign takes no recipients any more
   * @throws Unavailable
   */
  async run(definition: CampaignDefinition, text: AsyncIterable<string>, reader: RowReader): Promise<UploadResult> {
    const { campaignId } = definition;
    const upload = { campaignId, uploadId: randomUUID() };
    const { account, tenant, channel } = definition;
    if (this.templates.problem() !== undefined) throw new Unavailable('the templates', this.templates.problem()!);
    if (!(await this.store.open(upload))) throw closed();
    const tally = new UploadTally();
    const at = new Date().toISOString();
    const rows = new RecipientRows(definition, { ...upload, at }, (content) => {
      return this.templates.judge({ tenant, account, channel }, content).problems;
    });
    try {
      await this.readAll(upload, text, reader, rows, tally);
    } finally {
      await this.tell(definition, upload, tally.now);
    }
    return { uploadId: upload.uploadId, ...tally.now, errors: tally.errors, errorsOmitted: tally.errorsOmitted };
  }

  /** Says on the topic that an upload has ended. */
  async publishUploaded({ tenant }: { tenant: string }, { campaignId, uploadId }: Upload, counts: UploadCounts) {
    const time = new Date().toISOString();
    const data = { campaignId, tenant, uploadId, ...counts, at: time };
    const parts = { id: uploadId, key: campaignKey(data), subject: campaignId, source: SOURCE, tenant, time, data };
    const event = { contract: EVENTS.campaignUploaded, event: newEvent(EVENTS.campaignUploaded, parts) };
    await this.publisher.publish([event], { deadline: Date.now() + PUBLISH_DEADLINE_MS });
  }

  private async readAll(
    upload: Upload,
    text: AsyncIterable<string>,
    reader: RowReader,
    rows: RecipientRows,
    tally: UploadTally,
  ): Promise<void> {
    let batch: CampaignRecipient[] = [];
    let read = 0;
    const take = async (all: Iterable<ReadRow>): Promise<void> => {
      for (const row of all) {
        const made = isProblem(row) ? [row] : rows.read(row);
        if (Array.isArray(made)) tally.invalid(made);
        else batch.push(made);
        if (batch.length === BATCH) {
          await this.accept(upload, batch, tally);
          batch = [];
        }
        if (++read % ROWS_PER_TURN === 0) await nextTurn();
      }
    };
    for await (const piece of text) await take(reader.push(piece));
    await take(reader.end());
    await this.accept(upload, batch, tally);
  }

  /** Acknowledged on the topic first, remembered then: a crash in between makes repeats, which are dropped, and no losses. */
  private async accept(upload: Upload, batch: readonly CampaignRecipient[], tally: UploadTally): Promise<void> {
    if ((await this.readiness.reason('service')) === 'stopping') throw new Unavailable('the service', 'it is stopping');
    const deadline = Date.now() + PUBLISH_DEADLINE_MS;
    const allowed = await this.withoutOptedOut(batch, tally);
    const known = await this.store.known(
      upload,
      allowed.map(({ messageId }) => messageId),
    );
    if (!known) throw closed();
    const fresh = new Map<string, CampaignRecipient>();
    for (const [index, one] of allowed.entries()) {
      if (known[index] || fresh.has(one.messageId)) tally.count('repeated');
      else fresh.set(one.messageId, one);
    }
    await this.publisher.publish([...fresh.values()].map(recipientEvent), { deadline });
    tally.count('accepted', fresh.size);
    await this.store.note(upload, tally.now, [...fresh.keys()]);
  }

  /** While it is not known where a contact stands, the dispatcher decides. */
  private async withoutOptedOut(batch: readonly CampaignRecipient[], tally: UploadTally): Promise<CampaignRecipient[]> {
    const judged = await Promise.all(
      batch.map(({ tenant, channel, contact: address }) => {
        const subject = this.subjects.of({ tenant, channel, address });
        return this.consent.forbids({ tenant, subject }, 'campaign');
      }),
    );
    const isAllowed = (index: number) => judged[index] === undefined || judged[index] === 'unknown';
    const allowed = batch.filter((_, index) => isAllowed(index));
    tally.count('suppressed', batch.length - allowed.length);
    return allowed;
  }

  /** What fails here is made good when the campaign is started. */
  private async tell(of: { tenant: string }, upload: Upload, counts: UploadCounts): Promise<void> {
    for (const outcome of OUTCOMES) metrics.uploadRows.inc({ outcome }, counts[outcome]);
    try {
      await this.store.end(upload, counts);
      await this.publishUploaded(of, upload, counts);
      await this.store.forget(upload);
    } catch (err) {
      this.log.warn({ ...upload, err }, 'the end of an upload was not told');
    }
  }
}

function recipientEvent(data: CampaignRecipient): OutgoingEvent {
  const { messageId: id, conversationId: key, tenant, at: time } = data;
  const parts = { id, key, subject: id, source: SOURCE, tenant, time, data };
  return { contract: EVENTS.campaignRecipient, event: newEvent(EVENTS.campaignRecipient, parts) };
}

const closed = (): ApiError => new ApiError(409, 'The campaign takes no recipients any more: it was started');
