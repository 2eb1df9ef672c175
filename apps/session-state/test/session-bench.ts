import {
  archiveKey,
  consentKey,
  decodeEvent,
  TOPICS,
  type CloudEvent,
  type ConversationArchived,
  type SessionSnapshot,
  type TimelineEntry,
  type TopicDefinition,
} from '@heliograph/contracts';
import { EarlyStops } from '@heliograph/consent';
import { deadlinesKey, entriesKey, sessionKey, windowKey } from '@heliograph/conversations';
import {
  connectKafka,
  ensureTopics,
  EventPublisher,
  readPartition,
  topicReader,
  type Delivery,
  type Kafka,
  type OutgoingEvent,
  type PublishOptions,
} from '@heliograph/kafka';
import { fenceKey, RedisClient } from '@heliograph/redis';
import { Unavailable } from '@heliograph/runtime';
import { testKafkaBrokers, testRedisUrl, uniqueNamespace } from '@heliograph/testing';
import { SERVICE } from '../src/config.ts';
import type { Fact } from '../src/fold/facts.ts';
import { RebuildStore } from '../src/rebuild/rebuild.store.ts';
import { INPUTS, SessionRebuild } from '../src/rebuild/session-rebuild.ts';
import { SessionPublisher } from '../src/sessions/session.publisher.ts';
import { SessionStore } from '../src/sessions/session.store.ts';
import { SessionsService } from '../src/sessions/sessions.service.ts';
import { nextDeadline } from '../src/fold/deadline/deadlines.ts';
import { topicOf } from './fold-all.ts';
import { RULES } from './fold-rules.ts';

/** Partition of everything here: the topics have one. */
export const PARTITION = 0;
export const PUBLISH_MS = 300;

/** Real Kafka and Redis under a namespace of its own, and the fence of one partition in the test's hands. */
export class SessionBench {
  readonly namespace = uniqueNamespace('sessions');
  readonly kafka: Kafka = this.kafkaAt(testKafkaBrokers());
  readonly publisher = new EventPublisher(this.kafka);
  readonly redis: RedisClient;
  /** What rebuilds have logged. */
  readonly rebuilds: Record<string, unknown>[] = [];
  /** The fold's clock. */
  now: () => number = Date.now;
  private readonly opened: EventPublisher[] = [this.publisher];

  private constructor(redisUrl: string) {
    this.redis = new RedisClient({ url: redisUrl, namespace: this.namespace });
  }

  static async open(redisUrl = testRedisUrl()): Promise<SessionBench> {
    const bench = new SessionBench(redisUrl);
    await bench.redis.whenUp();
    const { conversationTimeline, conversationSession, conversationCommand, conversationArchive } = TOPICS;
    const outputs = [conversationTimeline, conversationSession, conversationCommand, conversationArchive];
    await ensureTopics(bench.kafka, [...INPUTS, ...outputs]);
    return bench;
  }

  async close(): Promise<void> {
    await Promise.all(this.opened.map((publisher) => publisher.close()));
    await this.redis.close();
  }

  store(): SessionStore {
    return new SessionStore(this.redis, PUBLISH_MS, deadlineOf, () => this.now());
  }

  /** A worker of the service: its own cache and nothing shared with others but Redis and Kafka. */
  worker(publisher = this.publisher): SessionsService {
    const settings = { rules: RULES, clock: () => this.now(), publishDeadlineMs: 2_000, stops: this.stops() };
    return new SessionsService(this.store(), new SessionPublisher(publisher), settings);
  }

  /** Opt-outs by keyword, as the dispatcher finds them. */
  stops(): EarlyStops {
    return new EarlyStops(this.redis, () => PARTITION);
  }

  /** A publisher that reaches nobody. */
  cutOffPublisher(): EventPublisher {
    const publisher = new EventPublisher(this.kafkaAt(['127.0.0.1:1']), { tryTimeoutMs: 200 });
    this.opened.push(publisher);
    return publisher;
  }

  /** A publisher whose process ends as soon as it has published so many entries and snapshots. */
  publisherEndingAfter(records: number): EventPublisher {
    const publisher = new EndingPublisher(this.kafka, records);
    this.opened.push(publisher);
    return publisher;
  }

  /** Loses what Redis has of a conversation, and rebuilds the partition as the gate of this generation would. */
  async loseAndRebuild(conversationId: string, generation: number): Promise<string> {
    const keys = [sessionKey(PARTITION, conversationId), windowKey(PARTITION, conversationId), deadlinesKey(PARTITION)];
    const sessions = Array.from({ length: 5 }, (_, session) => entriesKey(PARTITION, conversationId, session));
    await this.redis.client.del(...keys, ...sessions);
    return this.rebuildAgain(generation);
  }

  /** Rebuilds the partition over what is there. */
  async rebuildAgain(generation: number): Promise<string> {
    await this.redis.client.set(fenceKey(PARTITION, SERVICE), `${this.redis.runId}|0.${generation}|rebuilding`);
    await this.rebuild().run(PARTITION, generation);
    return this.fence(generation);
  }

  rebuild(): SessionRebuild {
    const store = new RebuildStore(this.redis, deadlineOf);
    const log = { info: (fields: Record<string, unknown>) => void this.rebuilds.push(fields) };
    const parts = { topics: topicReader(this.kafka), store, sessions: this.store(), log };
    return new SessionRebuild({ ...parts, rules: RULES, publishMs: PUBLISH_MS });
  }

  /** Puts a fence in force, as the gate does. */
  async fence(generation: number): Promise<string> {
    const token = `${this.redis.runId}|0.${generation}`;
    await this.redis.client.set(fenceKey(PARTITION, SERVICE), token);
    return token;
  }

  async timeline(conversationId: string): Promise<TimelineEntry[]> {
    return this.read<TimelineEntry>(TOPICS.conversationTimeline, conversationId);
  }

  async snapshots(conversationId: string): Promise<SessionSnapshot[]> {
    return this.read<SessionSnapshot>(TOPICS.conversationSession, conversationId);
  }

  /** Commands with their ids. */
  async commands(conversationId: string): Promise<{ id: string; type: string; data: Record<string, unknown> }[]> {
    const events = await this.events(TOPICS.conversationCommand, conversationId);
    return events.map(({ id, type, data }) => ({ id, type, data: data as Record<string, unknown> }));
  }

  /** Changes of consent that were asked for, as often as they were. */
  async consentCommands(subject: string): Promise<CloudEvent[]> {
    return this.events(TOPICS.consentCommand, consentKey({ tenant: 'acme', subject }));
  }

  /** Archives of sessions 1 to 5, as often as they were written. */
  async archives(conversationId: string): Promise<ConversationArchived[]> {
    const keys = [1, 2, 3, 4, 5].map((session) => archiveKey(conversationId, session));
    const archives = await Promise.all(
      keys.map((key) => this.read<ConversationArchived>(TOPICS.conversationArchive, key)),
    );
    return archives.flat();
  }

  /** Ids of the deadlines that were found to have passed, as often as they were. */
  async deadlines(conversationId: string): Promise<string[]> {
    return (await this.events(TOPICS.conversationDeadline, conversationId)).map(({ id }) => id);
  }

  private async read<T>(topic: TopicDefinition, key: string): Promise<T[]> {
    return (await this.events(topic, key)).map(({ data }) => data as T);
  }

  private async events(topic: TopicDefinition, key: string): Promise<CloudEvent[]> {
    const found: CloudEvent[] = [];
    await readPartition(this.kafka, topic, PARTITION, {
      visit: (record) => {
        if (record.value === null) return;
        const decoded = decodeEvent(topic.name, record);
        if (!decoded.ok) throw new Error(JSON.stringify(decoded.problems));
        if (decoded.event.partitionKey === key) found.push(decoded.event);
      },
    });
    return found;
  }

  private kafkaAt(brokers: string[]): Kafka {
    return connectKafka({ brokers, clientId: 'spec', namespace: this.namespace, conversationPartitions: 1 });
  }
}

class EndingPublisher extends EventPublisher {
  constructor(
    kafka: Kafka,
    private left: number,
  ) {
    super(kafka);
  }

  override async publish(events: readonly OutgoingEvent[], options?: PublishOptions): Promise<void> {
    const going = events.slice(0, this.left);
    this.left -= going.length;
    await super.publish(going, options);
    if (going.length < events.length) throw new Unavailable('kafka', 'the process has ended');
  }
}

const deadlineOf = (state: SessionSnapshot): number | undefined => nextDeadline(state, RULES.deadlines);

/** A fact as the consumer hands it over. */
export function deliveryOf(fact: Fact, offset: number, fence: string): Delivery {
  const topic = topicOf(fact);
  const origin = `${topic}/${PARTITION}/${offset}`;
  const value = Buffer.from(JSON.stringify(fact.data));
  return { topic, partition: PARTITION, offset, event: fact, value, origin, fence, attempt: 1 };
}
