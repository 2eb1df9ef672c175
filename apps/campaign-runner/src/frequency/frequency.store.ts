import { createHash } from 'node:crypto';
import type { FrequencyCap } from '@heliograph/contracts';
import { PartitionGathering, script, type RedisClient } from '@heliograph/redis';

const lua = (name: string): URL => new URL(`./${name}.lua`, import.meta.url);
const RESERVE = script({ name: 'reserve-contacts', file: lua('reserve-contacts'), keys: 'any' });
const SETTLE = script({ name: 'settle-contacts', file: lua('settle-contacts'), keys: 'any' });

/** The longest period of a cap (`FrequencyCap`). */
export const FREQUENCY_KEPT_MS = 30 * 24 * 60 * 60 * 1000;
/** Hash tags of contacts. Never to be changed: it says where a contact is. */
const TAGS = 16;
const MOST_PER_CALL = 128;

/** A campaign's message to a contact. */
export interface Contacted {
  readonly tenant: string;
  /** Keyed hash of the contact. */
  readonly subject: string;
  readonly messageId: string;
}

interface Reservation extends Contacted {
  readonly cap: FrequencyCap | undefined;
}

interface Settlement extends Contacted {
  /** When it went out, milliseconds; undefined when it did not and will not. */
  readonly at: number | undefined;
}

/**
 * How often contacts are sent to by campaigns, over all campaigns of a tenant. A message counts from its reservation on, however
 * long it waits, and from when it went out for as long as a period is: so no period holds more than its cap, whichever campaigns
 * and replicas send.
 */
export class FrequencyStore {
  private readonly reservations = new PartitionGathering<Reservation, boolean>(MOST_PER_CALL, (_, all) =>
    this.reserveAll(all),
  );
  private readonly settlements = new PartitionGathering<Settlement>(MOST_PER_CALL, (_, all) => this.settleAll(all));

  constructor(private readonly redis: RedisClient) {}

  /**
   * Messages of campaigns without a cap are reserved, too: they count for the others.
   *
   * @returns false: as many as the cap allows are on their way, or went out within its period
   * @throws Unavailable; reserving again is granted
   */
  reserve(of: Contacted, cap: FrequencyCap | undefined): Promise<boolean> {
    return this.reservations.add(tagOf(of), { ...of, cap });
  }

  /** @param at when it went out, milliseconds; undefined: it did not. @throws Unavailable; repeating changes nothing */
  settle(of: Contacted, at: number | undefined): Promise<void> {
    return this.settlements.add(tagOf(of), { ...of, at });
  }

  private async reserveAll(all: readonly Reservation[]): Promise<boolean[]> {
    const args = all.flatMap(({ messageId, cap }) => [
      messageId,
      cap?.messages ?? '',
      cap ? cap.perSeconds * 1_000 : '',
    ]);
    const granted = await this.redis.runScript<number[]>(RESERVE, all.map(keyOf), [FREQUENCY_KEPT_MS, ...args]);
    return granted.map((one) => one === 1);
  }

  private async settleAll(all: readonly Settlement[]): Promise<[]> {
    const args = all.flatMap(({ messageId, at }) => [messageId, at ?? '']);
    await this.redis.runScript(SETTLE, all.map(keyOf), [FREQUENCY_KEPT_MS, ...args]);
    return [];
  }
}

const tagOf = ({ subject }: Contacted): number => createHash('sha1').update(subject).digest()[0]! % TAGS;

const keyOf = (of: Contacted): string => `{c${tagOf(of)}}:frequency:${of.tenant}:${of.subject}`;
