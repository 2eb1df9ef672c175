import type { ConnectionOptions } from 'node:tls';

/** User and password for SASL. */
export interface KafkaLogin {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/**
 * Takes what the client library and this one report; the `Log` of libs/runtime fits. Fields never hold keys, values or
 * headers of records.
 */
export interface KafkaLog {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** The libraries that can move records; administration and whole-topic readers are on kafkajs either way. */
export const KAFKA_CLIENTS = ['kafkajs', 'platformatic'] as const;
export type KafkaClient = (typeof KAFKA_CLIENTS)[number];

/** How to reach Kafka and how to use it; everything but the first two has a default. */
export interface KafkaSettings {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  /** Who is connected, for the brokers' logs and quotas: the service name. */
  readonly clientId: string;
  /** Which library consumes and publishes (docs/decisions/0008). */
  readonly client: KafkaClient;
  /** In front of every topic and group name; empty in production. */
  readonly namespace: string;
  /** Partitions of every topic that is co-partitioned by conversation. Never to be changed for topics that exist. */
  readonly conversationPartitions: number;
  /** Replicas of created topics; -1, the default, leaves it to the broker's `default.replication.factor`. */
  readonly replicationFactor: number;
  /** Milliseconds without a heartbeat after which the group gives a member's partitions away. */
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
  /** Milliseconds the group waits for all members to join again. */
  readonly rebalanceTimeoutMs: number;
  /** Milliseconds a fetch waits for records; at most 500, since the client sends no heartbeat while it waits. */
  readonly maxWaitTimeInMs: number;
  /** Milliseconds to open a connection. */
  readonly connectionTimeoutMs: number;
  /** Milliseconds until an unanswered request counts as failed. */
  readonly requestTimeoutMs: number;
  readonly ssl: boolean | ConnectionOptions;
  readonly sasl: KafkaLogin | undefined;
}

export type KafkaOptions = Pick<KafkaSettings, 'brokers' | 'clientId'> & Partial<KafkaSettings>;

const DEFAULTS: Omit<KafkaSettings, 'brokers' | 'clientId'> = {
  client: 'kafkajs',
  namespace: '',
  conversationPartitions: 12,
  replicationFactor: -1,
  sessionTimeoutMs: 30_000,
  heartbeatMs: 1_000,
  rebalanceTimeoutMs: 30_000,
  maxWaitTimeInMs: 250,
  connectionTimeoutMs: 2_000,
  requestTimeoutMs: 30_000,
  ssl: false,
  sasl: undefined,
};

/**
 * Fills in the defaults.
 *
 * @throws Error that names every setting that is wrong, and why
 */
export function kafkaSettings(options: KafkaOptions): KafkaSettings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings = { ...DEFAULTS, ...given } as KafkaSettings;
  const wrong = problemsIn(settings);
  if (wrong.length > 0) throw new Error(`Kafka settings: ${wrong.join('; ')}`);
  return settings;
}

function problemsIn(settings: KafkaSettings): string[] {
  const { brokers, namespace, replicationFactor, sessionTimeoutMs, heartbeatMs, maxWaitTimeInMs } = settings;
  const wrong: string[] = [];
  if (brokers.length === 0) wrong.push('brokers is empty');
  for (const broker of brokers) if (!/^\S+:\d+$/.test(broker)) wrong.push(`brokers: "${broker}" is not host:port`);
  if (settings.clientId === '') wrong.push('clientId is empty');
  if (!KAFKA_CLIENTS.includes(settings.client)) wrong.push(`client is none of ${KAFKA_CLIENTS.join(', ')}`);
  if (!/^[\w.-]*$/.test(namespace)) wrong.push('namespace may hold letters, digits, ".", "_" and "-" only');
  if (!isCount(settings.conversationPartitions)) wrong.push('conversationPartitions is not a positive whole number');
  if (replicationFactor !== -1 && !isCount(replicationFactor))
    wrong.push('replicationFactor is neither positive nor -1');
  if (!(maxWaitTimeInMs > 0 && maxWaitTimeInMs <= 500)) wrong.push('maxWaitTimeInMs is not between 1 and 500');
  if (!(heartbeatMs > 0 && heartbeatMs * 3 <= sessionTimeoutMs)) {
    wrong.push('heartbeatMs is more than a third of sessionTimeoutMs');
  }
  return wrong;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
