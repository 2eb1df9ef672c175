import { setTimeout as delay } from 'node:timers/promises';
import type { Consumer, ConsumerStartBatchProcessEvent, EachBatchPayload } from 'kafkajs';
import type { TopicDefinition } from '@heliograph/contracts';
import { Unavailable, withDeadline } from '@heliograph/runtime';
import { brokerError } from '../cluster/broker-error.ts';
import { openClient } from '../cluster/client.ts';
import type { Kafka } from '../cluster/kafka.ts';
import type { KafkaLog } from '../settings.ts';
import { coPartitionAssigner } from './co-partition-assigner.ts';
import { alarmOutOfRange } from './out-of-range.ts';
import type { CommitOffset, RecordSource, SourceListener, SourceRecord } from './record-source.ts';

const STOP_WITHIN_MS = 5_000;
const OUT_OF_RANGE = 'Offset out of range';
const UNPROVEN_PAUSE_MS = 20;
/** A topic that one broker has just created is known to the others a moment later, and kafkajs asks any of them, once. */
const KNOWN_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 100;

type Assignment = ReadonlyMap<string, readonly number[]>;

/**
 * One consumer of kafkajs 2.2.4, using exactly the subset that is safe (design, section 4): records are only put away and
 * the fetch position resolved, nothing is committed by the client itself, and a crash is final.
 */
export class KafkajsMember implements RecordSource {
  private readonly consumer: Consumer;
  private readonly cut: () => void;
  private generation: number | undefined;
  /** What this member joined with, until a heartbeat tells under which generation. */
  private unproven: Assignment | undefined;
  /** Commits the coordinator has acknowledged. */
  private commits = 0;

  constructor(
    private readonly kafka: Kafka,
    private readonly group: string,
    private readonly topics: readonly TopicDefinition[],
    /** Partition numbers to ask for: those it has, at first those of the member before it. */
    public owned: readonly number[],
  ) {
    const { settings } = kafka;
    const { client, cut } = openClient(settings, this.noticing(kafka.log));
    this.cut = cut;
    this.consumer = client.consumer({
      groupId: kafka.physicalGroup(group),
      sessionTimeout: settings.sessionTimeoutMs,
      rebalanceTimeout: settings.rebalanceTimeoutMs,
      heartbeatInterval: settings.heartbeatMs,
      // kafkajs only sends heartbeats between fetches, so a fetch must not wait longer than a fraction of their interval.
      maxWaitTimeInMs: settings.maxWaitTimeInMs,
      allowAutoTopicCreation: false,
      partitionAssigners: [coPartitionAssigner(() => this.owned)],
      // A consumer that restarts by itself would live on with a new identity behind our back.
      retry: { restartOnFailure: async () => false },
    });
  }

  async start(listener: SourceListener): Promise<void> {
    const { events } = this.consumer;
    let isAnnounced = true;
    this.consumer.on(events.REBALANCING, () => {
      isAnnounced = true;
      listener.rebalancing();
    });
    this.consumer.on(events.HEARTBEAT, ({ payload }) => {
      // kafkajs 2.2.4 emits groupGenerationId here (consumerGroup.js, SHARED_HEARTBEAT), though its types omit it.
      const { groupGenerationId } = payload as unknown as { groupGenerationId: number };
      this.prove(listener, groupGenerationId);
      listener.heartbeat(groupGenerationId);
    });
    this.consumer.on(events.GROUP_JOIN, ({ payload }) => {
      this.unproven = new Map(
        Object.entries(payload.memberAssignment).map(([topic, numbers]) => [this.kafka.logical(topic), numbers]),
      );
      this.owned = [...new Set([...this.unproven.values()].flat())];
      // It is not announced when the coordinator did not know this member any more.
      if (!isAnnounced) listener.rebalancing();
      isAnnounced = false;
    });
    this.consumer.on(events.START_BATCH_PROCESS, ({ payload }) => this.passOver(listener, payload));
    this.consumer.on(events.COMMIT_OFFSETS, () => void this.commits++);
    this.consumer.on(events.CRASH, ({ payload }) => {
      listener.crashed(payload.error);
    });
    await this.consumer.connect();
    await this.subscribe();
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: async (payload) => {
        if (this.unproven === undefined) return this.putAway(listener, payload);
        // Not taken, so fetched again: after a moment, so as not to spin until the heartbeat.
        await delay(UNPROVEN_PAUSE_MS);
        await payload.heartbeat();
      },
    });
  }

  pause(topic: string, partition: number): void {
    this.ifRunning(() => this.consumer.pause([{ topic: this.kafka.physical(topic), partitions: [partition] }]));
  }

  resume(topic: string, partition: number): void {
    this.ifRunning(() => this.consumer.resume([{ topic: this.kafka.physical(topic), partitions: [partition] }]));
  }

  async commit(offsets: readonly CommitOffset[]): Promise<void> {
    // kafkajs would commit them under the new generation, also what another member has by now.
    if (this.unproven !== undefined) throw new Unavailable('kafka', 'the group is rebalancing');
    const { commits } = this;
    await this.consumer.commitOffsets(
      offsets.map(({ topic, partition, offset }) => ({
        topic: this.kafka.physical(topic),
        partition,
        offset: String(offset),
      })),
    );
    // kafkajs keeps the failure of a commit to itself once its consumer has ended (runner.js).
    if (this.commits === commits)
      throw new Unavailable('kafka', 'the consumer ended before its commit was acknowledged');
  }

  async stop(): Promise<void> {
    // A hanging broker would keep it for ever.
    await withDeadline(this.consumer.disconnect(), STOP_WITHIN_MS, 'leaving the group').catch(() => undefined);
    this.cut();
  }

  /** kafkajs has no event for an offset out of range, only a line of its log. */
  private noticing(log: KafkaLog): KafkaLog {
    return {
      debug: (fields, message) => log.debug(fields, message),
      warn: (fields, message) => {
        log.warn(fields, message);
        if (!message.includes(OUT_OF_RANGE)) return;
        alarmOutOfRange(this.kafka, this.group, this.kafka.logical(String(fields.topic)), Number(fields.partition));
      },
    };
  }

  /** A consumer that is about to report its crash throws when it is told anything. */
  private ifRunning(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.kafka.log.debug({ group: this.group, reason: String(error) }, 'a consumer has ended already');
    }
  }

  /** Tells of the assignment as soon as its generation is known: only then is it clear whether anything came between. */
  private prove(listener: SourceListener, generation: number): void {
    const { unproven } = this;
    if (unproven === undefined) return;
    if (this.generation !== undefined && generation !== this.generation + 1) listener.assigned(new Map());
    this.generation = generation;
    this.unproven = undefined;
    listener.assigned(unproven);
  }

  private async subscribe(): Promise<void> {
    const until = Date.now() + KNOWN_WITHIN_MS;
    const topics = this.topics.map((topic) => this.kafka.physical(topic.name));
    for (;;) {
      try {
        // The default starts a new group, or one whose offset is out of range, at the end: that would be loss.
        return await this.consumer.subscribe({ topics, fromBeginning: true });
      } catch (error) {
        if (brokerError(error)?.type !== 'UNKNOWN_TOPIC_OR_PARTITION' || Date.now() > until) throw error;
        await delay(LOOK_AGAIN_MS);
      }
    }
  }

  /** Of a batch without records kafkajs tells only this event (runner.js), and fetches what is behind it. */
  private passOver(listener: SourceListener, { topic, ...batch }: ConsumerStartBatchProcessEvent['payload']): void {
    if (batch.batchSize > 0 || this.unproven !== undefined) return;
    const { partition, highWatermark, lastOffset } = batch;
    listener.records(this.kafka.logical(topic), partition, [], Number(highWatermark), Number(lastOffset) + 1);
  }

  private putAway(listener: SourceListener, payload: EachBatchPayload): void {
    const { batch } = payload;
    const topic = this.kafka.logical(batch.topic);
    const records = batch.messages.map((message): SourceRecord => ({
      topic,
      partition: batch.partition,
      offset: Number(message.offset),
      key: message.key,
      value: message.value,
      headers: message.headers ?? {},
      bytes: (message.key?.length ?? 0) + (message.value?.length ?? 0),
    }));
    const last = batch.messages.at(-1);
    if (!last) return;
    listener.records(topic, batch.partition, records, Number(batch.highWatermark), Number(batch.lastOffset()) + 1);
    payload.resolveOffset(last.offset);
  }
}
