import { consentKey, type ConsentPurposes, type ConsentState, type MessageClass } from '@heliograph/contracts';
import { fenceKey, isFenceInForce, PartitionGathering, script, type RedisClient } from '@heliograph/redis';
import { NOTHING_SAID } from './consent-fold.ts';
import { forbids, type EarlyStop, type Forbidden } from './forbids.ts';
import { CONSENT_GROUP, consentStateKey, earlyStopKey, type ConsentSubject } from './keys.ts';

const READ = script({ name: 'read-consent', file: new URL('./read-consent.lua', import.meta.url), keys: 'any' });

/** A few hundred bytes each. */
const MOST_PER_CALL = 64;

/** What is known of a contact at this moment. */
export interface KnownConsent {
  readonly purposes: ConsentPurposes;
  readonly stop: EarlyStop | undefined;
}

/** Reads where contacts stand. What is asked for a partition within one turn goes in one call. */
export class ConsentReader {
  private readonly reads = new PartitionGathering<ConsentSubject, KnownConsent | undefined>(
    MOST_PER_CALL,
    (partition, subjects) => this.readAll(partition, subjects),
  );

  /** @param partitionOf the partition of a record key of the consent topics */
  constructor(
    private readonly redis: RedisClient,
    private readonly partitionOf: (key: string) => number,
  ) {}

  /**
   * Undefined while not all that was ever said is here: after a loss of Redis, and before the first start of session-state.
   *
   * @throws Unavailable
   */
  known(of: ConsentSubject): Promise<KnownConsent | undefined> {
    return this.reads.add(this.partition(of), of);
  }

  /**
   * What forbids a message of this class to the contact; `unknown` as for {@link known}.
   *
   * @throws Unavailable
   */
  async forbids(of: ConsentSubject, messageClass: MessageClass): Promise<Forbidden | 'unknown' | undefined> {
    const known = await this.known(of);
    return known ? forbids(known.purposes, known.stop, messageClass) : 'unknown';
  }

  /** The record with its last changes; undefined when nobody has ever said anything. @throws Unavailable */
  async state(of: ConsentSubject): Promise<ConsentState | undefined> {
    const key = consentStateKey(this.partition(of), of);
    const state = await this.redis.call((client) => client.hget(key, 'state'));
    return state === null ? undefined : (JSON.parse(state) as ConsentState);
  }

  /** Whether all that was ever said by contacts of the partition of this one is here. @throws Unavailable */
  isWhole(of: ConsentSubject): Promise<boolean> {
    return isFenceInForce(this.redis, this.partition(of), CONSENT_GROUP);
  }

  private partition(of: ConsentSubject): number {
    return this.partitionOf(consentKey(of));
  }

  private async readAll(partition: number, subjects: readonly ConsentSubject[]): Promise<(KnownConsent | undefined)[]> {
    const keys = subjects.flatMap((of) => [consentStateKey(partition, of), earlyStopKey(partition, of)]);
    const all = [fenceKey(partition, CONSENT_GROUP), ...keys];
    const read = await this.redis.runScript<[string | null, string | null][] | null>(READ, all, [
      this.redis.runId ?? '',
    ]);
    return subjects.map((_, index) => {
      if (read === null) return undefined;
      const [purposes, stop] = read[index]!;
      return { purposes: purposes ? (JSON.parse(purposes) as ConsentPurposes) : NOTHING_SAID, stop: readStop(stop) };
    });
  }
}

function readStop(stored: string | null): EarlyStop | undefined {
  if (stored === null) return undefined;
  const [at, changeId] = stored.split(' ') as [string, string];
  return { at: Number(at), changeId };
}
