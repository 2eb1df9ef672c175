import type { TopicDefinition } from '@heliograph/contracts';
import { FenceLost } from '@heliograph/runtime';
import { groupStarts } from '../cluster/committed-offset.ts';
import type { Kafka } from '../cluster/kafka.ts';
import { partitionEnds, type PartitionEnds } from '../cluster/partition-ends.ts';
import type { Concerns, Ended } from '../consumer/ended-below.ts';
import { FreshnessKeeper, type StagePlace } from './freshness-keeper.ts';

/** A moment, whoever's it is: of Redis' clock for FreshnessStore of @heliograph/redis. */
type Moment = unknown;

/** Marks of the stage that a lane consumer is. */
export interface LaneFreshnessOptions<M = Moment> {
  /** The input whose marks are kept. */
  readonly topic: TopicDefinition;
  /**
   * Which records the marks speak of; all of them by default. Another one may wait as long as it likes: an event of a conversation
   * that is not known yet says nothing of templates.
   */
  readonly concerns?: Concerns;
  /** As of when the input is complete; see FreshnessSource. */
  readonly asOf: () => Promise<M | undefined>;
  /** Writes the mark of a partition, only under its present fence. @throws FenceLost, Unavailable */
  mark(partition: number, moment: M, fence: string): Promise<void>;
  readonly everyMs?: number;
}

/** Options for moments of one kind, for the server that does not care which. */
export const laneFreshness = <M>(options: LaneFreshnessOptions<M>): LaneFreshnessOptions => options;

interface LaneStage {
  readonly kafka: Kafka;
  readonly group: string;
  readonly log: { warn(fields: Record<string, unknown>, message: string): void };
}

interface LaneProgress {
  ended(topic: string, partition: number, concerns: Concerns): Ended | undefined;
  fenceLost(partition: number): void;
}

const ALL = (): boolean => true;

export function openFreshness(stage: LaneStage, options: LaneFreshnessOptions, consumer: LaneProgress): LaneFreshness {
  return new LaneFreshness(stage, options, consumer);
}

/** Keeps the marks of one input of a lane consumer, for the partitions that it is admitted to. */
export class LaneFreshness {
  private readonly ends: PartitionEnds;
  private readonly keeper: FreshnessKeeper<Moment>;
  private problem: string | undefined;

  constructor(
    private readonly stage: LaneStage,
    private readonly options: LaneFreshnessOptions,
    private readonly consumer: LaneProgress,
  ) {
    const { kafka, group } = stage;
    const { topic, asOf, everyMs } = options;
    this.ends = partitionEnds(kafka, topic);
    this.keeper = new FreshnessKeeper({
      asOf,
      ends: () => this.ends.ask(),
      places: () => this.places(),
      starts: () => groupStarts(kafka, group, topic),
      mark: async (partition, moment, fence) => {
        await options.mark(partition, moment, fence);
        this.problem = undefined;
      },
      onError: (error, partition) => this.failed(error, partition),
      ...(everyMs !== undefined && { everyMs }),
    });
  }

  start(): void {
    this.keeper.start();
  }

  async stop(): Promise<void> {
    await this.keeper.stop();
    await this.ends.close();
  }

  private *places(): Iterable<StagePlace> {
    const { topic, concerns = ALL } = this.options;
    for (let partition = 0; partition < this.stage.kafka.partitionsOf(topic); partition++) {
      const ended = this.consumer.ended(topic.name, partition, concerns);
      if (ended) yield { partition, ...ended };
    }
  }

  /** Said once, until a mark was written again. */
  private failed(error: unknown, partition: number | undefined): void {
    if (error instanceof FenceLost && partition !== undefined) return this.consumer.fenceLost(partition);
    const reason = error instanceof Error ? error.message : String(error);
    if (this.problem !== undefined) return;
    this.problem = reason;
    const { group, log } = this.stage;
    log.warn({ group, topic: this.options.topic.name, reason }, 'freshness marks stand still');
  }
}
