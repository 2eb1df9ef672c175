import type { RedisClient } from '@heliograph/redis';
import { gateKey } from './keys.ts';

/** `open`: its messages may be sent; `shut`: they wait (paused, halted, not started); `ended`: nothing of it is sent any more. */
export type GateWord = 'open' | 'shut' | 'ended';

/** Whether messages of a campaign may be sent at this moment. Everyone who asks within one turn shares one answer. */
export class CampaignGate {
  private asking: Map<string, Promise<GateWord | undefined>> | undefined;

  constructor(private readonly redis: RedisClient) {}

  /** Undefined while it is not known: Redis was lost, and the campaign was not brought back yet. @throws Unavailable */
  now(campaignId: string): Promise<GateWord | undefined> {
    if (!this.asking) {
      this.asking = new Map();
      queueMicrotask(() => (this.asking = undefined));
    }
    const asked = this.asking.get(campaignId) ?? this.read(campaignId);
    this.asking.set(campaignId, asked);
    return asked;
  }

  private async read(campaignId: string): Promise<GateWord | undefined> {
    const word = await this.redis.call((client) => client.get(gateKey(campaignId)));
    return (word as GateWord | null) ?? undefined;
  }
}
