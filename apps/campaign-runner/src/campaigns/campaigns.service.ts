import type { CampaignState, CloudEvent } from '@heliograph/contracts';
import { blocked, done, skip, type Delivery, type Outcome } from '@heliograph/kafka';
import { Retryable, type Log } from '@heliograph/runtime';
import { foldOrder, type CampaignAsked } from '../fold/fold-order.ts';
import { tick, type Sight } from '../fold/tick.ts';
import { metrics } from '../metrics.ts';
import type { CampaignPublisher } from './campaign.publisher.ts';
import type { CampaignCause, CampaignStore, Place } from './campaign.store.ts';
import { Turns } from './turns.ts';

/** A lane that waits for an earlier owner looks again this often. */
const LOOK_AGAIN_MS = 250;

type Stands = { readonly state: CampaignState | undefined } | { readonly waitMs: number };

/**
 * Moves campaigns from state to state, each by one change after the other: what is not published is published before the next one
 * is folded, and a change is done when its state is acknowledged.
 */
export class CampaignsService {
  private readonly turns = new Turns();

  /** @param publishDeadlineMs a publish begins no try later than this after its publisher was written down */
  constructor(
    private readonly store: CampaignStore,
    private readonly publisher: CampaignPublisher,
    private readonly publishDeadlineMs: number,
    private readonly log: Pick<Log, 'warn' | 'info'>,
  ) {}

  /** @throws FenceLost, Unavailable, Retryable: the same delivery is to be handled again */
  handle(event: CloudEvent<CampaignAsked>, delivery: Delivery): Promise<Outcome> {
    return this.turns.run(event.data.campaignId, () => this.fold(event, delivery));
  }

  /**
   * Lets time pass for a campaign.
   *
   * @param look what is seen, of the state that is there
   * @returns the version that stays as it is; undefined when something was done, or is to be done
   * @throws FenceLost, Unavailable
   */
  tick(place: Place, campaignId: string, look: (state: CampaignState) => Sight): Promise<number | undefined> {
    return this.turns.run(campaignId, async () => {
      const stands = await this.take(place, campaignId);
      if ('waitMs' in stands || !stands.state) return undefined;
      const after = tick(stands.state, look(stands.state));
      if (!after) return stands.state.version;
      await this.write(place, stands.state, after, {});
      return undefined;
    });
  }

  private async fold(event: CloudEvent<CampaignAsked>, delivery: Delivery): Promise<Outcome> {
    const { partition, fence, offset, origin } = delivery;
    const begun = Date.now();
    const stands = await this.take({ partition, fence }, event.data.campaignId);
    if ('waitMs' in stands)
      return blocked('an earlier owner may still be publishing', begun + Math.min(stands.waitMs, LOOK_AGAIN_MS));
    const folded = foldOrder(stands.state, event, offset);
    const order = 'action' in event.data ? event.data.action : event.type;
    metrics.orders.inc({ order, result: 'skipped' in folded ? folded.skipped : 'folded' });
    if ('skipped' in folded) return skip(folded.skipped);
    const cause = { origin, traceparent: event.traceparent };
    if (!(await this.write({ partition, fence }, stands.state, folded.state, cause)))
      throw new Retryable('the campaign changed while it was folded');
    return done;
  }

  /** What is not published is published first. */
  private async take(place: Place, campaignId: string): Promise<Stands> {
    const begun = Date.now();
    const taken = await this.store.take(place, campaignId);
    if (taken.kind === 'wait') return { waitMs: taken.ms };
    if (taken.kind === 'free') return { state: taken.state };
    await this.publisher.publish(taken.unpublished, begun + this.publishDeadlineMs);
    await this.store.clear(place, taken.unpublished.state, taken.since);
    return { state: taken.unpublished.state };
  }

  /** @returns false when somebody else has changed it */
  private async write(
    place: Place,
    before: CampaignState | undefined,
    state: CampaignState,
    cause: CampaignCause,
  ): Promise<boolean> {
    const begun = Date.now();
    const since = await this.store.write(place, before, { state, cause });
    if (since === 0) return false;
    this.tell(before, state);
    await this.publisher.publish({ state, cause }, begun + this.publishDeadlineMs);
    await this.store.clear(place, state, since);
    return true;
  }

  private tell(before: CampaignState | undefined, after: CampaignState): void {
    const { campaignId, tenant, state, ending, reasons } = after;
    if (before?.state === state && before.ending === ending) return;
    metrics.changes.inc({ tenant, state });
    if (state !== 'halted') return this.log.info({ campaignId, tenant, state, ending }, 'campaign changed');
    metrics.halts.inc({ tenant, code: reasons[0]?.code ?? 'none' });
    this.log.warn({ campaignId, tenant, reasons }, 'campaign halted: something it needs is missing');
  }
}
