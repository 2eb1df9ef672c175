import type { CampaignState } from '@heliograph/contracts';
import { gateKey } from '@heliograph/campaigns';
import { script, type RedisClient } from '@heliograph/redis';
import { gateOf } from '../fold/campaign-change.ts';
import { gateVersionKey } from './keys.ts';
import { keptForMs } from './kept-for.ts';

const SET = script({ name: 'set-gate', file: new URL('./set-gate.lua', import.meta.url), keys: 2 });

/** Opens and shuts campaigns for those who send (`CampaignGate`). */
export class CampaignGates {
  constructor(private readonly redis: RedisClient) {}

  /** Says what the state says, unless a later one has said so. @throws Unavailable; it may be said then */
  async set(state: CampaignState): Promise<void> {
    const { campaignId, version } = state;
    const keys = [gateKey(campaignId), gateVersionKey(campaignId)];
    await this.redis.runScript(SET, keys, [gateOf(state), version, keptForMs(state, Date.now())]);
  }
}
