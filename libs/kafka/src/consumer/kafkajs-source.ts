import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { TopicDefinition } from '@heliograph/contracts';
import type { Kafka } from '../cluster/kafka.ts';
import { coPartitionAssigner } from './co-partition-assigner.ts';
import type { CommitOffset, RecordSource, SourceListener, SourceRecord } from './record-source.ts';

/**
 * A group member on kafkajs 2.2.4, using exactly the subset that is safe (design, section 4): records are only put away
 * and the fetch position resolved, nothing is committed by the client itself, and a crash is final.
 */
export class KafkajsSource implements RecordSource {
  private readonly consumer: Consumer;
  private owned: readonly number[] = [];

  constructor(
    private readonly kafka: Kafka,
    group: string,
    private readonly topics: readonly TopicDefinition[],
  ) {
    const { settings } = kafka;
    this.consumer = kafka.client.consumer({
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
    this.consumer.on(events.REBALANCING, () => listener.rebalancing());
    this.consumer.on(events.HEARTBEAT, ({ payload }) => {
      // kafkajs 2.2.4 emits groupGenerationId here (consumerGroup.js, SHARED_HEARTBEAT), though its types omit it.
      listener.heartbeat((payload as unknown as { groupGenerationId: number }).groupGenerationId);
    });
    this.consumer.on(events.GROUP_JOIN, ({ payload }) => {
      const assignment = new Map<string, readonly number[]>(
        Object.entries(payload.memberAssignment).map(([topic, numbers]) => [this.kafka.logical(topic), numbers]),
      );
      this.owned = [...new Set([...assignment.values()].flat())];
      listener.assigned(assignment);
    });
    this.consumer.on(events.CRASH, ({ payload }) => {
      listener.crashed(payload.error);
    });
    await this.consumer.connect();
    // The default starts a new group, or one whose offset is out of range, at the end: that would be loss.
    await this.consumer.subscribe({ topics: this.topics.map((t) => this.kafka.physical(t.name)), fromBeginning: true });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 1,
      eachBatch: async (payload) => this.putAway(listener, payload),
    });
  }

  pause(topic: string, partition: number): void {
    this.consumer.pause([{ topic: this.kafka.physical(topic), partitions: [partition] }]);
  }

  resume(topic: string, partition: number): void {
    this.consumer.resume([{ topic: this.kafka.physical(topic), partitions: [partition] }]);
  }

  async commit(offsets: readonly CommitOffset[]): Promise<void> {
    await this.consumer.commitOffsets(
      offsets.map(({ topic, partition, offset }) => ({
        topic: this.kafka.physical(topic),
        partition,
        offset: String(offset),
      })),
    );
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
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
    if (records.length > 0) listener.records(topic, batch.partition, records, Number(batch.highWatermark));
    const last = batch.messages.at(-1);
    if (last) payload.resolveOffset(last.offset);
  }
}
