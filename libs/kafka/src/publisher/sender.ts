import type { Cluster } from 'kafkajs';
import { brokerError } from '../cluster/broker-error.ts';
import { openCluster, type ClusterConnection } from '../cluster/connection.ts';
import type { Kafka } from '../cluster/kafka.ts';
import { produceRequest, type ProduceResponse, type Protocol } from './produce-request.ts';
import { byLeader, type Share } from './shares.ts';
import { placeOf, type Sendable } from './send-queue.ts';

/** Records the broker refused, now and for ever: not a matter of trying again. */
export interface Refusal {
  readonly records: readonly Sendable[];
  /** The broker's name of the reason, for example `MESSAGE_TOO_LARGE`. */
  readonly reason: string;
}

/** The broker answers a little before the try is given up, so that a slow replica is a clear error. */
const ANSWER_EARLIER_MS = 500;

/** Errors kafkajs calls final that say nothing about the records. */
const NOT_ABOUT_RECORDS = new Set(['UNKNOWN', 'BROKER_NOT_AVAILABLE', 'CLUSTER_AUTHORIZATION_FAILED']);

/** Tries batches, one at a time. Not idempotent: after a failed try a record may be on the topic although nobody knows. */
export class Sender {
  private connection: ClusterConnection | undefined;
  /** Topics this connection was asked for with success; kafkajs asks for all of them each time. */
  private readonly topics = new Set<string>();

  constructor(
    private readonly kafka: Kafka,
    private readonly tryTimeoutMs: number,
  ) {}

  /**
   * Tries every record of the batch that is still due, and acknowledges what the brokers acknowledged.
   *
   * @returns what was refused; everything else was acknowledged or is not due any more
   * @throws Error when the try failed as a whole or in part: what is not acknowledged may or may not have arrived. The
   * next try begins with fresh connections, so nothing of this one is still waiting to be sent.
   */
  async send(batch: readonly Sendable[]): Promise<Refusal[]> {
    const connection = (this.connection ??= this.open());
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${this.tryTimeoutMs} ms`)), this.tryTimeoutMs);
    });
    try {
      return await Promise.race([this.attempt(connection, batch), over]);
    } catch (error) {
      this.drop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    await connection?.close();
  }

  private open(): ClusterConnection {
    return openCluster(this.kafka, { requestTimeout: this.tryTimeoutMs });
  }

  private drop(): void {
    this.connection?.cut();
    this.connection = undefined;
    this.topics.clear();
  }

  private async attempt(connection: ClusterConnection, batch: readonly Sendable[]): Promise<Refusal[]> {
    const { cluster } = connection;
    await cluster.connect();
    const refusal = await this.loadMetadata(cluster, batch);
    if (refusal) return [refusal];
    const { shares, homeless } = byLeader(cluster, batch);
    const brokers = await Promise.all(shares.map(({ leader }) => cluster.findBroker({ nodeId: leader })));
    // A try that was given up while it connected must not send after all.
    if (connection !== this.connection) throw new Error('the try was given up');
    const results = await Promise.allSettled(
      shares.map((share, i) => this.produce(brokers[i] as unknown as Broker, share)),
    );
    const refusals: Refusal[] = homeless.length > 0 ? [{ records: homeless, reason: 'NO_SUCH_PARTITION' }] : [];
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason as Error;
      if (result.value) refusals.push(result.value);
    }
    return refusals;
  }

  private async loadMetadata(cluster: Cluster, batch: readonly Sendable[]): Promise<Refusal | undefined> {
    const wanted = new Set(batch.map((record) => record.topic));
    try {
      await cluster.addMultipleTargetTopics([...wanted]);
      await cluster.refreshMetadataIfNecessary();
      for (const topic of wanted) this.topics.add(topic);
      return undefined;
    } catch (error) {
      const reason = brokerError(error)?.type;
      // kafkajs fails for all topics when one cannot be had; only without others is it certain that one of these is meant.
      const certain = [...this.topics].every((topic) => wanted.has(topic));
      if (!certain || reason === undefined || !METADATA_REFUSALS.has(reason)) throw error;
      return { records: batch, reason };
    }
  }

  private async produce(broker: Broker, { records }: Share): Promise<Refusal | undefined> {
    // The last look at the deadlines; encoding, a few milliseconds at most, is all that follows before the first byte.
    const due = records.filter((record) => record.publication.isDue());
    if (due.length === 0) return undefined;
    try {
      const timeout = Math.max(1, this.tryTimeoutMs - ANSWER_EARLIER_MS);
      acknowledge(due, await broker.connectionPool.send(produceRequest(due, timeout)));
      return undefined;
    } catch (error) {
      const reason = refusalIn(error);
      if (reason === undefined) throw error;
      return { records: due, reason };
    }
  }
}

/** The part of kafkajs' broker below its own requests, which its types do not show. */
interface Broker {
  readonly connectionPool: { readonly send: (protocol: Protocol) => Promise<ProduceResponse> };
}

const METADATA_REFUSALS = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
]);

/** The broker's reason when it refused what was sent, undefined when the try may succeed another time. */
function refusalIn(error: unknown): string | undefined {
  const answer = brokerError(error);
  return answer && !answer.retriable && !NOT_ABOUT_RECORDS.has(answer.type) ? answer.type : undefined;
}

function acknowledge(records: readonly Sendable[], { topics }: ProduceResponse): void {
  const answered = new Set(topics.flatMap((t) => t.partitions.map((p) => placeOf(t.topicName, p.partition))));
  for (const record of records) {
    if (!answered.has(record.place)) continue;
    record.acknowledged = true;
    record.publication.acknowledge();
  }
  if (records.some((record) => !record.acknowledged)) throw new Error('the broker did not answer for every partition');
}
