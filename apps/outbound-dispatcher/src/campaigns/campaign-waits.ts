import type { CampaignGate } from '@heliograph/campaigns';
import type { SendMessage } from '@heliograph/contracts';
import { blocked, type Delivery, type Outcome } from '@heliograph/kafka';
import { memoOf } from '../sending/turn.ts';

/** Between two looks at the gates of campaigns whose messages wait. */
const LOOK_MS = 250;

/**
 * Messages of a campaign that wait for budget or a connection are called back as soon as the campaign does not go on: a pause
 * empties the line at once, however slow its pace is, and takes nothing from the budget for it.
 */
export class CampaignWaits {
  /** By campaign, how to call back each of its messages that wait. */
  private readonly waiting = new Map<string, Set<() => void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly gate: Pick<CampaignGate, 'now'>) {}

  /** The same outcome; one that waits for a promise ends when the campaign is stopped, too. */
  of({ campaign }: SendMessage, delivery: Delivery, outcome: Outcome): Outcome {
    if (!campaign || outcome.kind !== 'blocked' || typeof outcome.until === 'number') return outcome;
    const { reason, until, giveUp } = outcome;
    const { promise: stopped, resolve } = Promise.withResolvers<void>();
    const callBack = () => {
      memoOf(delivery).campaignSeen = false;
      giveUp?.();
      resolve();
    };
    this.add(campaign.campaignId, callBack);
    const either = Promise.race([until, stopped]).finally(() => this.remove(campaign.campaignId, callBack));
    return blocked(reason, either, giveUp);
  }

  close(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.waiting.clear();
  }

  private add(campaignId: string, callBack: () => void): void {
    const waiting = this.waiting.get(campaignId) ?? new Set();
    this.waiting.set(campaignId, waiting.add(callBack));
    this.timer ??= setInterval(() => this.look(), LOOK_MS);
  }

  private remove(campaignId: string, callBack: () => void): void {
    const waiting = this.waiting.get(campaignId);
    if (waiting?.delete(callBack) && waiting.size === 0) this.waiting.delete(campaignId);
    if (this.waiting.size === 0) this.close();
  }

  private look(): void {
    for (const [campaignId, waiting] of this.waiting) {
      const callBackIf = (word: string | undefined) => {
        if (word === 'shut' || word === 'ended') for (const callBack of [...waiting]) callBack();
      };
      // Without Redis nothing is sent either; the next look asks again.
      this.gate.now(campaignId).then(callBackIf, () => undefined);
    }
  }
}
