import { TOPICS } from '@heliograph/contracts';
import { FreshnessKeeper, partitionEnds, type Kafka, type PartitionEnds, type StagePlace } from '@heliograph/kafka';
import { AccountFreshness, FreshnessStore, TEMPLATE_PATH, type RedisClient, type RedisMoment } from '@heliograph/redis';
import type { Log } from '@heliograph/runtime';

/** An account as far as its marks go. */
export interface MarkedAccount {
  readonly account: string;
  /** Token of the account's lease; undefined while this replica does not hold it. */
  readonly leaseToken: string | undefined;
  /** What it has to do with the events below this offset is done and published; undefined when that is not known. */
  readonly appliedBelow: number | undefined;
}

export interface RegistryFreshnessParts {
  readonly kafka: Kafka;
  readonly redis: RedisClient;
  readonly accounts: readonly MarkedAccount[];
  readonly log: Log;
}

/**
 * The stage of the template path between what providers told and the states that are published of it
 * (docs/decisions/0019-freshness-marks.md): one mark per account, written by whoever holds the account's lease. The marks of
 * dedup-router come first, then where `template.event` ends, then how far each account is with it.
 */
export class RegistryFreshness {
  private readonly ends: PartitionEnds;
  private readonly keeper: FreshnessKeeper<RedisMoment>;
  private problem: string | undefined;

  constructor(private readonly parts: RegistryFreshnessParts) {
    const { kafka, redis } = parts;
    const upstream = new FreshnessStore(redis, TEMPLATE_PATH);
    const partitions = kafka.partitionsOf(TOPICS.webhookReceived);
    const marks = new AccountFreshness(redis, 'templates');
    this.ends = partitionEnds(kafka, TOPICS.templateEvent);
    this.keeper = new FreshnessKeeper({
      asOf: async () => (await upstream.read(partitions)).lowest,
      ends: () => this.endForEach(),
      places: () => this.places(),
      mark: async (index, moment, token) => {
        await marks.mark(this.parts.accounts[index]!.account, moment, token);
        this.problem = undefined;
      },
      onError: (error) => this.failed(error),
    });
  }

  start(): void {
    this.keeper.start();
  }

  async stop(): Promise<void> {
    await this.keeper.stop();
    await this.ends.close();
  }

  /** The topic has one partition; each account has its own place in it. */
  private async endForEach(): Promise<ReadonlyMap<number, number>> {
    const end = (await this.ends.ask()).get(0)!;
    return new Map(this.parts.accounts.map((_, index) => [index, end]));
  }

  private *places(): Iterable<StagePlace> {
    for (const [index, { leaseToken, appliedBelow }] of this.parts.accounts.entries()) {
      if (leaseToken === undefined || appliedBelow === undefined) continue;
      yield { partition: index, offset: appliedBelow, fence: leaseToken };
    }
  }

  /** Said once, until a mark was written again. */
  private failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.problem === undefined) this.parts.log.warn({ reason }, 'freshness marks stand still');
    this.problem = reason;
  }
}
