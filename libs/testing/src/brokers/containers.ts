import { GenericContainer, Wait } from 'testcontainers';
import { freePort } from '../processes/free-port.ts';
import { ContainerBroker, needImage } from './container-broker.ts';
import type { RunningKafka, RunningRedis, Say } from './controls.ts';
import { waitForKafka } from './kafka-ready.ts';
import { KAFKA_VERSION } from './local-kafka.ts';
import { REDIS_SETTINGS } from './local-redis.ts';
import { waitForRedis } from './redis-ready.ts';

export const KAFKA_IMAGE = `apache/kafka:${KAFKA_VERSION}`;
export const REDIS_IMAGE = 'redis:7-bookworm';

const START_TIMEOUT_MS = 90_000;

/** Kafka in a container. The host port is chosen beforehand, because Kafka must advertise it. */
export async function startKafkaContainer(say: Say): Promise<RunningKafka> {
  await needImage(KAFKA_IMAGE, say);
  const port = await freePort();
  const brokers = [`127.0.0.1:${port}`];
  const create = (): GenericContainer =>
    new GenericContainer(KAFKA_IMAGE)
      .withExposedPorts({ container: 9092, host: port })
      .withEnvironment(kafkaEnvironment(port))
      .withWaitStrategy(Wait.forListeningPorts())
      .withStartupTimeout(START_TIMEOUT_MS);
  const broker = await ContainerBroker.start({ create, ready: () => waitForKafka(brokers, START_TIMEOUT_MS) });
  return Object.assign(broker, { way: 'docker' as const, brokers });
}

/** Redis in a container. */
export async function startRedisContainer(say: Say): Promise<RunningRedis> {
  await needImage(REDIS_IMAGE, say);
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const create = (): GenericContainer =>
    new GenericContainer(REDIS_IMAGE)
      .withExposedPorts({ container: 6379, host: port })
      .withCommand(['redis-server', ...REDIS_SETTINGS])
      .withWaitStrategy(Wait.forListeningPorts())
      .withStartupTimeout(START_TIMEOUT_MS);
  const broker = await ContainerBroker.start({ create, ready: () => waitForRedis(url, START_TIMEOUT_MS) });
  return Object.assign(broker, { way: 'docker' as const, url });
}

function kafkaEnvironment(port: number): Record<string, string> {
  return {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
    KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
    KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  };
}
