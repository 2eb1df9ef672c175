import { consentKey } from '@heliograph/contracts';
import { script, type RedisClient } from '@heliograph/redis';
import type { EarlyStop } from './forbids.ts';
import { earlyStopKey, type ConsentSubject } from './keys.ts';

const STOP = script({ name: 'stop-contacts', file: new URL('./stop-contacts.lua', import.meta.url), keys: 'any' });

/** Longer than the change that says the same is kept on its topic. */
const KEPT_MS = 8 * 24 * 60 * 60 * 1000;

/**
 * Opt-outs that count before the consent's fold has them, so that one stage less lies between a STOP and its effect. No fence
 * guards them, and none is needed: only what was said is written, the latest moment stays, and a later opt-in goes over it.
 */
export class EarlyStops {
  /** @param partitionOf the partition of a record key of the consent topics */
  constructor(
    private readonly redis: RedisClient,
    private readonly partitionOf: (key: string) => number,
  ) {}

  /** @throws Unavailable; repeating is safe */
  async remember(of: ConsentSubject, { at, changeId }: EarlyStop): Promise<void> {
    const key = earlyStopKey(this.partitionOf(consentKey(of)), of);
    await this.redis.runScript(STOP, [key], [KEPT_MS, at, changeId]);
  }
}
