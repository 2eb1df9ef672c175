import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { campaignKey, commandId, EVENTS, factId } from '@heliograph/contracts';
import { ApiError } from '@heliograph/http-api';
import { newEvent } from '@heliograph/kafka';
import { AcceptanceStore } from '../messages/acceptance.store.ts';
import { AcceptedCommands, SOURCE } from '../messages/accepted-commands.ts';
import { Senders } from '../messages/senders.ts';
import { Templates } from '../templates/templates.ts';
import { checkTemplate, definitionOf, type ReadCampaign } from './campaign-definition.ts';
import { CampaignTable, type KnownCampaign } from './campaign-table.ts';

/** How long an answer waits for what was asked for to show. */
const SHOWN_WITHIN_MS = 2_000;
/** A campaign that another replica has just created. */
const APPEARS_WITHIN_MS = 500;

/** Creates campaigns and finds them again. */
@Injectable()
export class CampaignsService {
  constructor(
    private readonly table: CampaignTable,
    private readonly senders: Senders,
    private readonly templates: Templates,
    private readonly acceptances: AcceptanceStore,
    private readonly accepted: AcceptedCommands,
  ) {}

  /**
   * The same key gives the same campaign.
   *
   * @throws ApiError 400, or 422 when the key was used for another request
   * @throws Unavailable; a repetition with the same key is safe
   */
  async create(
    { tenant, name }: { tenant: string; name: string },
    key: string,
    request: ReadCampaign,
  ): Promise<{ campaign: KnownCampaign; notices: string[] }> {
    const campaignId = commandId(tenant, JSON.stringify(['campaign', key]));
    const first = await this.acceptances.find(campaignId);
    const from = { campaignId, tenant, createdBy: name, createdAt: first?.acceptedAt ?? new Date().toISOString() };
    const definition = definitionOf(request, from, this.senders);
    const notices = checkTemplate(definition, this.templates);
    const { campaignId: conversationId, createdAt: acceptedAt } = definition;
    const hash = hashOf(request);
    const { acceptance } = await this.acceptances.accept(campaignId, { tenant, conversationId, hash, acceptedAt });
    if (acceptance.hash !== hash) throw reused(campaignId, acceptance.acceptedAt);
    const data = definitionOf(request, { ...from, createdAt: acceptance.acceptedAt }, this.senders);
    const time = data.createdAt;
    const parts = { id: factId(campaignId), key: campaignKey(data), subject: campaignId, source: SOURCE, tenant };
    const event = newEvent(EVENTS.campaignCreated, { ...parts, time, data });
    await this.accepted.publish([{ contract: EVENTS.campaignCreated, event }]);
    await this.accepted.confirm([campaignId], { campaignId });
    this.table.created(data);
    return { campaign: this.table.of(tenant, campaignId)!, notices };
  }

  /** @throws ApiError 404 when the tenant has no such campaign; Unavailable while not all are known */
  async find(tenant: string, campaignId: string): Promise<KnownCampaign> {
    const of = { tenant, campaignId };
    if (!this.table.of(tenant, campaignId)) {
      await this.table.until(of, (campaign) => campaign !== undefined, APPEARS_WITHIN_MS);
    }
    const campaign = this.table.of(tenant, campaignId);
    if (!campaign) throw new ApiError(404, 'There is no campaign with this id');
    return campaign;
  }

  all(tenant: string): KnownCampaign[] {
    return this.table.all(tenant);
  }

  /** Waits a moment for a campaign to be as wanted, and answers with it as it is then. */
  async shown(before: KnownCampaign, isWanted: (campaign: KnownCampaign) => boolean): Promise<KnownCampaign> {
    await this.table.until(before, (campaign) => campaign !== undefined && isWanted(campaign), SHOWN_WITHIN_MS);
    return this.find(before.tenant, before.campaignId);
  }
}

/** The same for the same values, in whatever order their fields were written. */
function hashOf(value: unknown): string {
  const sorted = JSON.stringify(value, (_key, one: unknown) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return one;
    return Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
  return createHash('sha256').update(sorted).digest('hex');
}

function reused(campaignId: string, at: string): ApiError {
  const reason = `was first used at ${at} with another body, for campaign ${campaignId}`;
  return new ApiError(422, `Idempotency-Key ${reason}`, [{ field: 'Idempotency-Key', reason }]);
}
