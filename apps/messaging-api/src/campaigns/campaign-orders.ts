import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  campaignKey,
  EVENTS,
  partitionMarkId,
  TOPICS,
  type CampaignAction,
  type CampaignOrder,
  type CampaignRecipientsClosed,
} from '@heliograph/contracts';
import { ApiError } from '@heliograph/http-api';
import { EventPublisher, Kafka, newEvent, partitionOf, type OutgoingEvent } from '@heliograph/kafka';
import { Log } from '@heliograph/runtime';
import { SOURCE } from '../messages/accepted-commands.ts';
import { metrics } from '../metrics.ts';
import { RecipientUploads } from '../uploads/recipient-uploads.ts';
import { UploadStore } from '../uploads/upload.store.ts';
import type { KnownCampaign } from './campaign-table.ts';
import { CampaignsService } from './campaigns.service.ts';
import { hasShown, judgeOrder } from './order-rules.ts';

const PUBLISH_DEADLINE_MS = 5_000;

/** Starts, pauses, resumes and cancels campaigns. */
@Injectable()
export class CampaignOrders {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly uploads: UploadStore,
    private readonly recipients: RecipientUploads,
    private readonly publisher: EventPublisher,
    private readonly kafka: Kafka,
    private readonly log: Log,
  ) {}

  /**
   * An order that has come true already is not given again, so that repeating one is safe.
   *
   * @returns whether the campaign shows it by now; it will where it does not yet
   * @throws ApiError 404, or 409 when the campaign is not in a state for it
   * @throws Unavailable; a repetition is safe
   */
  async give(
    { tenant, name: by }: { tenant: string; name: string },
    campaignId: string,
    action: CampaignAction,
  ): Promise<{ campaign: KnownCampaign; hasShown: boolean }> {
    const before = await this.campaigns.find(tenant, campaignId);
    const judged = judgeOrder(action, before);
    if (judged === 'done') return { campaign: before, hasShown: true };
    if (judged !== 'give') throw new ApiError(409, judged.no);
    if (before.state === 'draft') await this.closeRecipients(before);
    const data: CampaignOrder = { campaignId, tenant, action, by, at: new Date().toISOString() };
    await this.publish([eventOf(EVENTS.campaignOrder, randomUUID(), campaignKey(data), data)]);
    metrics.campaignOrders.inc({ action });
    if (before.state === 'draft') await this.forget(campaignId);
    const isNew = (campaign: KnownCampaign) => campaign.version > before.version && hasShown(action, campaign);
    const campaign = await this.campaigns.shown(before, isNew);
    return { campaign, hasShown: isNew(campaign) };
  }

  /** No recipient comes behind the marks: uploads that are over cannot write any more, and none begins. */
  private async closeRecipients(campaign: KnownCampaign): Promise<void> {
    const { campaignId, tenant } = campaign;
    const { alive, untold } = await this.uploads.close(campaignId);
    if (alive > 0) {
      const what = alive === 1 ? 'an upload of recipients is' : `${alive} uploads of recipients are`;
      throw new ApiError(409, `The campaign cannot leave its draft yet: ${what} under way`);
    }
    for (const { uploadId, counts } of untold) {
      await this.recipients.publishUploaded({ tenant }, { campaignId, uploadId }, counts);
    }
    await this.publish(marksOf(campaign, this.kafka.partitionsOf(TOPICS.campaignRecipient)));
  }

  private publish(events: readonly OutgoingEvent[]): Promise<void> {
    return this.publisher.publish(events, { deadline: Date.now() + PUBLISH_DEADLINE_MS });
  }

  /** Memory of Redis; it goes by itself after 30 days otherwise. */
  private async forget(campaignId: string): Promise<void> {
    await this.uploads
      .forgetAll(campaignId)
      .catch((err) => this.log.warn({ campaignId, err }, 'uploads not forgotten'));
  }
}

/** One per partition. */
function marksOf({ campaignId, tenant }: KnownCampaign, partitions: number): OutgoingEvent[] {
  const at = new Date().toISOString();
  const found = new Map<number, CampaignRecipientsClosed>();
  for (let index = 0; found.size < partitions; index++) {
    const conversationId = partitionMarkId(campaignId, index);
    const partition = partitionOf(conversationId, partitions);
    if (!found.has(partition)) found.set(partition, { conversationId, campaignId, tenant, partition, at });
  }
  return [...found.values()].map((data) =>
    eventOf(EVENTS.campaignRecipientsClosed, data.conversationId, data.conversationId, data),
  );
}

function eventOf(
  contract: typeof EVENTS.campaignOrder | typeof EVENTS.campaignRecipientsClosed,
  id: string,
  key: string,
  data: CampaignOrder | CampaignRecipientsClosed,
): OutgoingEvent {
  const { campaignId: subject, tenant, at: time } = data;
  return { contract, event: newEvent(contract, { id, key, subject, source: SOURCE, tenant, time, data }) };
}
