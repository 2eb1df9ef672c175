import { campaignKey, EVENTS, factId } from '@heliograph/contracts';
import { newEvent, type EventPublisher } from '@heliograph/kafka';
import { Unavailable } from '@heliograph/runtime';
import { SERVICE } from '../config.ts';
import type { CampaignGates } from './campaign-gates.ts';
import type { UnpublishedCampaign } from './campaign.store.ts';

/** Makes a state known: to those who send first, then to everybody. Who reads that a campaign is paused knows that it is shut. */
export class CampaignPublisher {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly gates: CampaignGates,
  ) {}

  /**
   * The same state gives the same record.
   *
   * @param deadline moment of Date.now() after which nothing may leave any more
   * @throws Unavailable; what is known of it is unknown then
   */
  async publish({ state, cause }: UnpublishedCampaign, deadline: number): Promise<void> {
    if (Date.now() >= deadline) throw new Unavailable('process', 'it was too slow to publish what it had written');
    await this.gates.set(state);
    const { campaignId, tenant, version, at: time } = state;
    const parts = { key: campaignKey(state), tenant, subject: campaignId, time, source: `/heliograph/${SERVICE}` };
    const event = newEvent(EVENTS.campaignState, { ...parts, id: factId(campaignId, version), data: state });
    const { origin, traceparent } = cause;
    const caused = { ...(origin && { origin }), ...(traceparent && { traceparent }) };
    await this.publisher.publish([{ contract: EVENTS.campaignState, event: { ...event, ...caused } }], { deadline });
  }
}
