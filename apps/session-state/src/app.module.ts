import { Module, type DynamicModule, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { deadLetterTopic, TOPICS } from '@heliograph/contracts';
import { connectKafka, ensureTopics, EventPublisher, Kafka, topicReader } from '@heliograph/kafka';
import { checkRedisSettings, RedisClient } from '@heliograph/redis';
import { Log, Readiness } from '@heliograph/runtime';
import { CONSENT_GROUP, EarlyStops } from '@heliograph/consent';
import { ConsentConsumer } from './consent/consent.consumer.ts';
import { ConsentWatch } from './consent/consent-watch.ts';
import { consentProviders } from './consent/consent.providers.ts';
import { publishMsOf, rulesOf, SERVICE, type SessionStateConfig } from './config.ts';
import { DeadlineStore } from './deadlines/deadline.store.ts';
import { DeadlineSweeper } from './deadlines/deadline-sweeper.ts';
import { FactsConsumer } from './facts/facts.consumer.ts';
import { nextDeadline } from './fold/deadline/deadlines.ts';
import type { FoldRules } from './fold/rules.ts';
import { RebuildStore } from './rebuild/rebuild.store.ts';
import { INPUTS, SessionRebuild } from './rebuild/session-rebuild.ts';
import { SessionPublisher } from './sessions/session.publisher.ts';
import { SessionStore } from './sessions/session.store.ts';
import { SessionsService } from './sessions/sessions.service.ts';

@Module({})
export class SessionStateModule implements OnModuleDestroy {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly redis: RedisClient,
    private readonly sweeper: DeadlineSweeper,
    private readonly consent: ConsentWatch,
    readiness: Readiness,
  ) {
    readiness.register('redis', () => redis.problem());
    readiness.register('kafka', () => publisher.problem());
  }

  /** @param clock of folds and deadlines, milliseconds */
  static of(config: SessionStateConfig, clock: () => number): DynamicModule {
    const folding: Folding = { rules: rulesOf(config), clock };
    return {
      module: SessionStateModule,
      controllers: [FactsConsumer, ConsentConsumer],
      providers: [
        ...connections(config),
        ...consentProviders(config),
        ...sessions(config, folding),
        sweeper(config, folding),
        rebuild(config, folding),
      ],
    };
  }

  async onModuleDestroy(): Promise<void> {
    await this.sweeper.stop();
    await this.consent.stop();
    await this.publisher.close();
    await this.redis.close();
  }
}

interface Folding {
  readonly rules: FoldRules;
  readonly clock: () => number;
}

function connections(config: SessionStateConfig): Provider[] {
  const { publishDeadlineMs, publishTryMs } = config;
  return [
    { provide: Kafka, inject: [Log], useFactory: (log: Log) => openKafka(config, log) },
    {
      provide: EventPublisher,
      inject: [Kafka],
      useFactory: (kafka: Kafka) =>
        new EventPublisher(kafka, { deadlineMs: publishDeadlineMs, tryTimeoutMs: publishTryMs }),
    },
    { provide: RedisClient, inject: [Log], useFactory: (log: Log) => openRedis(config, log) },
  ];
}

function sessions(config: SessionStateConfig, { rules, clock }: Folding): Provider[] {
  const { publishDeadlineMs } = config;
  return [
    {
      provide: SessionStore,
      inject: [RedisClient],
      useFactory: (redis: RedisClient) =>
        new SessionStore(redis, publishMsOf(config), (state) => nextDeadline(state, rules.deadlines), clock),
    },
    {
      provide: SessionsService,
      inject: [SessionStore, EventPublisher, EarlyStops],
      useFactory: (store: SessionStore, publisher: EventPublisher, stops: EarlyStops) =>
        new SessionsService(store, new SessionPublisher(publisher), {
          rules,
          clock,
          publishDeadlineMs,
          stops,
        }),
    },
  ];
}

function sweeper(config: SessionStateConfig, { rules, clock }: Folding): Provider {
  return {
    provide: DeadlineSweeper,
    inject: [RedisClient, EventPublisher, Log],
    useFactory: (redis: RedisClient, publisher: EventPublisher, log: Log) =>
      new DeadlineSweeper({
        store: new DeadlineStore(redis),
        publisher,
        deadlines: rules.deadlines,
        clock,
        everyMs: config.deadlineSweepMs,
        settleMs: config.deadlineSettleMs,
        log,
      }),
  };
}

function rebuild(config: SessionStateConfig, { rules }: Folding): Provider {
  return {
    provide: SessionRebuild,
    inject: [Kafka, RedisClient, SessionStore, Log],
    useFactory: (kafka: Kafka, redis: RedisClient, store: SessionStore, log: Log) =>
      new SessionRebuild({
        topics: topicReader(kafka),
        store: new RebuildStore(redis, (state) => nextDeadline(state, rules.deadlines)),
        sessions: store,
        rules,
        publishMs: publishMsOf(config),
        log,
      }),
  };
}

async function openRedis({ redisUrl, namespace }: SessionStateConfig, log: Log): Promise<RedisClient> {
  const redis = new RedisClient({ url: redisUrl, namespace });
  await redis.whenUp();
  for (const warning of await checkRedisSettings(redis))
    log.warn({ redis: warning }, 'Redis may lose what is kept in it');
  return redis;
}

async function openKafka(config: SessionStateConfig, log: Log): Promise<Kafka> {
  const {
    kafkaBrokers,
    kafkaClient: client,
    namespace,
    conversationPartitions,
    sessionTimeoutMs,
    heartbeatMs,
  } = config;
  const kafka = connectKafka(
    {
      brokers: kafkaBrokers,
      client,
      clientId: SERVICE,
      namespace,
      conversationPartitions,
      sessionTimeoutMs,
      heartbeatMs,
    },
    log,
  );
  const { conversationTimeline, conversationSession, conversationCommand, conversationArchive } = TOPICS;
  const outputs = [conversationTimeline, conversationSession, conversationCommand, conversationArchive];
  const deadLetters = INPUTS.map((input) => deadLetterTopic(input, SERVICE));
  const { consentCommand, consentEvent, consentState } = TOPICS;
  const consent = [consentCommand, consentEvent, consentState, deadLetterTopic(consentCommand, CONSENT_GROUP)];
  await ensureTopics(kafka, [...INPUTS, ...outputs, ...deadLetters, ...consent]);
  return kafka;
}
