import type { CloudEvent, TimelineEntry } from '@heliograph/contracts';
import { done, type Delivery, type Outcome } from '@heliograph/kafka';
import type { Campaigns } from '../campaigns/campaigns.ts';
import { senderIn } from '../expansion/shares.ts';
import type { FrequencyCaps } from '../frequency/frequency-caps.ts';
import { metrics } from '../metrics.ts';
import type { CountsStore } from './counts.store.ts';
import type { EndedLately } from './ended-lately.ts';
import { toldOf } from './told.ts';

export interface CountingDeps {
  readonly counts: CountsStore;
  readonly caps: Pick<FrequencyCaps, 'settle'>;
  readonly campaigns: Pick<Campaigns, 'of'>;
  readonly endedLately: EndedLately;
}

/** Counts what the timeline tells of campaigns' messages. */
export class CountingService {
  constructor(private readonly deps: CountingDeps) {}

  /** @throws FenceLost, Unavailable: the same delivery is to be handled again */
  async handle({ data: entry }: CloudEvent<TimelineEntry>, { partition, fence, offset }: Delivery): Promise<Outcome> {
    const told = toldOf(entry, offset);
    if (!told) return done;
    const { counts, caps, campaigns, endedLately } = this.deps;
    const [hasEnded] = await Promise.all([counts.count(partition, fence, told), caps.settle(entry, told)]);
    const state = hasEnded ? campaigns.of(told.campaignId) : undefined;
    if (!state) return done;
    endedLately.add(senderIn(partition, state.definition));
    metrics.ended.inc({ tenant: state.tenant, standing: told.standing! });
    return done;
  }
}
