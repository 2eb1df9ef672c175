import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { runWithTraceparent } from '@heliograph/runtime';
import { isObservable, lastValueFrom } from 'rxjs';
import { parkedTopic, type TopicDefinition } from '@heliograph/contracts';
import { endOffsets } from '../cluster/end-offsets.ts';
import type { Kafka } from '../cluster/kafka.ts';
import type { Delivery } from '../delivery.ts';
import { done, type Outcome } from '../outcome.ts';
import type { PartitionGate } from '../partition-gate.ts';
import type { EventPublisher } from '../publisher/event-publisher.ts';
import { openFreshness, type LaneFreshness, type LaneFreshnessOptions } from '../freshness/lane-freshness.ts';
import { DeadLetterWriter } from './dead-letters.ts';
import type { ConsumerObserver, LaneConsumerOptions } from './consumer-options.ts';
import { LaneConsumer } from './lane-consumer.ts';
import { consumerMetrics, reporting, type ProgressReport } from './metrics.ts';
import { openSource } from './open-source.ts';
import { KafkaParkedStore } from './parking/kafka-parked-store.ts';
import type { ParkingOptions } from './parking/parking-options.ts';

const ENDS_EVERY_MS = 5_000;

/** Where a server reports what operators should know; Nest's and pino's loggers fit. */
export interface LaneServerLog {
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

export interface LaneServerOptions extends Pick<
  LaneConsumerOptions,
  | 'topics'
  | 'prioritised'
  | 'beforeDeadLetter'
  | 'beforeUnreadable'
  | 'onCrash'
  | 'workers'
  | 'attempts'
  | 'backOff'
  | 'limits'
  | 'commitIntervalMs'
  | 'drainMs'
> {
  readonly kafka: Kafka;
  readonly group: string;
  readonly gate: PartitionGate;
  /** Writes dead letters, and copies of what is parked. */
  readonly publisher: EventPublisher;
  /**
   * Lanes that wait while a limit is reached are moved to `<topic>.<group>.parked`, which must exist
   * (docs/decisions/0007-parking.md). For consumers whose lanes may wait one by one, for longer than others can bear.
   */
  readonly parking?: Omit<ParkingOptions, 'store'>;
  readonly log: LaneServerLog;
  /** Keeps marks that tell how current what this stage publishes is, for each path it is on (docs/decisions/0019-freshness-marks.md). */
  readonly freshness?: readonly LaneFreshnessOptions[];
}

/**
 * Nest transport strategy over `LaneConsumer`: handlers are `@EventPattern(<topic name>)` methods that take the event as
 * `@Payload()` and the `Delivery` as `@Ctx()` and return an `Outcome` (nothing returned means done).
 */
export class LaneServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('heliograph-lanes');
  override readonly propagatesEventHandlerErrors = true;
  readonly consumer: LaneConsumer;
  private readonly report: ProgressReport;
  private endsTimer: NodeJS.Timeout | undefined;
  private isAsking = false;
  private readonly freshness: readonly LaneFreshness[];

  constructor(private readonly options: LaneServerOptions) {
    super();
    const { kafka, group, topics, publisher, parking } = options;
    const byName = new Map<string, TopicDefinition>(topics.map((topic) => [topic.name, topic]));
    const parked = parking ? topics.map((topic) => parkedTopic(topic, group)) : [];
    this.consumer = new LaneConsumer({
      ...options,
      parking: parking && { ...parking, store: new KafkaParkedStore(kafka, group, topics, publisher) },
      source: openSource(kafka, group, [...topics, ...parked]),
      deadLetters: new DeadLetterWriter(publisher, group, byName),
      handle: (delivery) => this.dispatch(delivery),
      observer: this.observer(),
    });
    this.freshness = (options.freshness ?? []).map((path) => openFreshness(options, path, this.consumer));
    this.report = { group: options.group, progress: () => this.consumer.progress() };
  }

  /** Starts consuming; Nest calls it when the application starts its microservices. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    const unhandled = this.options.topics.filter((topic) => !this.messageHandlers.has(topic.name));
    if (unhandled.length > 0) {
      const names = unhandled.map((topic) => topic.name).join(', ');
      return callback(new Error(`group ${this.options.group} subscribes topics without a handler: ${names}`));
    }
    try {
      reporting.add(this.report);
      await this.consumer.start();
      this.endsTimer = setInterval(() => void this.askForEnds(), ENDS_EVERY_MS);
      for (const marks of this.freshness) marks.start();
      callback();
    } catch (error) {
      callback(error);
    }
  }

  async close(): Promise<void> {
    reporting.delete(this.report);
    clearInterval(this.endsTimer);
    await Promise.all(this.freshness.map((marks) => marks.stop()));
    await this.consumer.stop();
  }

  override on(): never {
    throw new Error('LaneServer has no events to listen to; use its consumer');
  }

  override unwrap<T>(): T {
    return this.consumer as T;
  }

  private async dispatch(delivery: Delivery): Promise<Outcome> {
    const handler = this.messageHandlers.get(delivery.topic)!;
    return runWithTraceparent(delivery.event.traceparent, async () => {
      const result: unknown = await handler(delivery.event, delivery);
      const value: unknown = isObservable(result) ? await lastValueFrom(result, { defaultValue: undefined }) : result;
      return (value as Outcome | undefined) ?? done;
    });
  }

  /** While a partition is paused nothing is fetched that would tell how far behind it is. */
  private async askForEnds(): Promise<void> {
    const paused = [...this.consumer.progress()].filter((input) => input.paused).map(({ topic }) => topic);
    if (this.isAsking || paused.length === 0) return;
    this.isAsking = true;
    try {
      const topics = this.options.topics.filter(({ name }) => paused.includes(name));
      for (const { topic, partition, end } of await endOffsets(this.options.kafka, topics)) {
        this.consumer.endsAt(topic, partition, end);
      }
    } catch {
      // The gauges stay what they were; whether Kafka can be reached is for others to say.
    } finally {
      this.isAsking = false;
    }
  }

  private observer(): ConsumerObserver {
    const { group, log } = this.options;
    return {
      received: (topic) => consumerMetrics.received.inc({ group, topic }),
      finished: (topic, outcome, seconds) => {
        consumerMetrics.finished.inc({ group, topic, outcome });
        consumerMetrics.seconds.observe({ group, topic }, seconds);
      },
      parked: (topic) => consumerMetrics.parked.inc({ group, topic }),
      returned: (topic) => consumerMetrics.returned.inc({ group, topic }),
      failed: ({ topic, partition, offset, attempt }, error, plan) => {
        const name = error instanceof Error ? error.name : 'unknown';
        consumerMetrics.failures.inc({ group, topic, error: name });
        const reason = error instanceof Error ? error.message : String(error);
        log.warn({ group, topic, partition, offset, attempt, error: name, reason }, `a record failed and ${plan}`);
      },
      dead: ({ topic, partition, offset, origin }, reason) =>
        log.warn({ group, topic, partition, offset, origin, reason }, 'record dead-lettered'),
      event: (message, fields) => log.info({ group, ...fields }, message),
    };
  }
}
