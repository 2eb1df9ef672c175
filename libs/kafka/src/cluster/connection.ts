import type { Cluster, Kafka as KafkajsClient, KafkaConfig } from 'kafkajs';
import { openClient } from './client.ts';
import type { Kafka } from './kafka.ts';

/** One connection to the cluster: its metadata and its brokers, below kafkajs' producer and consumer. */
export interface ClusterConnection {
  readonly cluster: Cluster;
  /** Cuts it at once; pending requests fail. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

const METADATA_MAX_AGE_MS = 5 * 60_000;

/** What kafkajs hides under `createCluster`; it makes the same thing for its producers, consumers and admins. */
type CreateCluster = (options: {
  metadataMaxAge: number;
  allowAutoTopicCreation: boolean;
  isolationLevel: number;
}) => Cluster;

/** Only records of committed transactions are seen, and the end of a partition is where those end. */
export const READ_COMMITTED = 1;
/** The end of a partition is its high watermark: everything that was acknowledged is before it. */
export const READ_UNCOMMITTED = 0;

/**
 * Opens kafkajs' cluster object, without its retries: whoever uses it decides about them.
 *
 * kafkajs keeps it behind a symbol of its client. It is used all the same, because its producer cannot check a deadline
 * between finding the leader and sending, drops records of a partition it does not know without a word, and acknowledges
 * all brokers of a batch or none; and because its consumer only reads as a member of a group, whose joining costs
 * seconds. kafkajs is pinned to 2.2.4, its last release.
 */
export function openCluster(
  kafka: Kafka,
  overrides: Partial<KafkaConfig> = {},
  isolationLevel = READ_COMMITTED,
): ClusterConnection {
  const opened = openClient(kafka.settings, kafka.log, { retry: { retries: 0 }, ...overrides });
  const cluster = createClusterOf(opened.client)({
    metadataMaxAge: METADATA_MAX_AGE_MS,
    allowAutoTopicCreation: false,
    isolationLevel,
  });
  return { cluster, cut: opened.cut, close: () => opened.close(() => cluster.disconnect()) };
}

function createClusterOf(client: KafkajsClient): CreateCluster {
  const symbol = Object.getOwnPropertySymbols(client).find((s) => s.description === 'private:Kafka:createCluster');
  if (!symbol) throw new Error('this is not kafkajs 2.2.4: its client has no createCluster');
  return (client as unknown as Record<symbol, CreateCluster>)[symbol]!;
}
