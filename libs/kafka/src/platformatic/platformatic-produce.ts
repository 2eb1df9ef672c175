import type { API, Connection, produceV7 } from '@platformatic/kafka';
import type { Kafka } from '../cluster/kafka.ts';
import {
  refusesRecords,
  TOPIC_REFUSALS,
  type ProduceConnection,
  type Refusal,
} from '../publisher/produce-connection.ts';
import { encodeProduce, PRODUCE, PRODUCE_VERSION } from '../publisher/produce-request.ts';
import { placeOf, type Sendable } from '../publisher/send-queue.ts';
import { byLeader, type Share } from '../publisher/shares.ts';
import { answeredErrors, answerIn, reasonOf } from './answer-errors.ts';
import { Cluster } from './cluster.ts';
import { loadLibrary, type Library } from './library.ts';

const METADATA_MAX_AGE_MS = 5 * 60_000;

/** A broker has this long beyond its own limit; the sender's limit is shorter. */
const ANSWER_MARGIN_MS = 2_000;

type ProduceApi = API<[records: readonly Sendable[], timeoutMs: number], produceV7.ProduceResponse>;

/** The library's answer to a request of ours: the bytes are the same for either client. */
function produceApi({ createAPI, produceV7, Writer }: Library): ProduceApi {
  const encode = (records: readonly Sendable[], timeoutMs: number) =>
    Writer.create().append(encodeProduce(records, timeoutMs, Date.now()));
  return createAPI(PRODUCE, PRODUCE_VERSION, encode, produceV7.parseResponse, false, false);
}

/** Produces over connections of @platformatic/kafka, without its producer, which checks no deadline and hides its retries. */
export class PlatformaticProduceConnection implements ProduceConnection {
  private cluster: Cluster | undefined;
  private api: ProduceApi | undefined;
  private wasCut = false;
  private readonly topics = new Set<string>();
  private refreshedAt = 0;

  constructor(private readonly kafka: Kafka) {}

  async send(batch: readonly Sendable[], withinMs: number): Promise<Refusal[]> {
    const cluster = (this.cluster ??= await this.open());
    await this.learn(cluster, batch);
    const { known, refusals } = splitByTopic(cluster, batch);
    const { shares, homeless } = byLeader(known, (topic, partition) => leaderOf(cluster, topic, partition));
    if (homeless.length > 0) refusals.push({ records: homeless, reason: 'NO_SUCH_PARTITION' });
    const connections = await Promise.all(shares.map(({ leader }) => cluster.broker(leader, 'produce')));
    // A try that was given up while it connected must not send after all.
    if (this.wasCut) throw new Error('the try was given up');
    const results = await Promise.allSettled(
      shares.map((share, i) => this.produce(cluster, connections[i]!, share, withinMs)),
    );
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason as Error;
      refusals.push(...result.value);
    }
    return refusals;
  }

  cut(): void {
    this.wasCut = true;
    this.cluster?.connections.cut();
  }

  async close(): Promise<void> {
    this.cut();
  }

  private async open(): Promise<Cluster> {
    const library = await loadLibrary();
    if (this.wasCut) throw new Error('the try was given up');
    return new Cluster(library, this.kafka.settings);
  }

  /** Asks for leaders when a topic is new, or what is known is old; a failed try begins anew with nothing known. */
  private async learn(cluster: Cluster, batch: readonly Sendable[]): Promise<void> {
    const before = this.topics.size;
    for (const { topic } of batch) this.topics.add(topic);
    if (this.topics.size === before && Date.now() - this.refreshedAt < METADATA_MAX_AGE_MS) return;
    await cluster.refresh([...this.topics]);
    this.refreshedAt = Date.now();
  }

  private async produce(
    cluster: Cluster,
    connection: Connection,
    { records }: Share<number>,
    withinMs: number,
  ): Promise<Refusal[]> {
    // The last look at the deadlines; encoding, a few milliseconds at most, is all that follows before the first byte.
    const due = records.filter((record) => record.publication.isDue());
    if (due.length === 0) return [];
    try {
      const api = (this.api ??= produceApi(cluster.library));
      const answer = await cluster.connections.ask(connection, api, withinMs + ANSWER_MARGIN_MS, due, withinMs);
      return settle(due, answer, cluster);
    } catch (error) {
      const answer = answerIn<produceV7.ProduceResponse>(error);
      if (answer === undefined) throw error;
      return settle(due, answer, cluster, error);
    }
  }
}

/** Records of topics that are there, and refusals of those that are not. @throws Error when a topic cannot be had now */
function splitByTopic(cluster: Cluster, batch: readonly Sendable[]): { known: Sendable[]; refusals: Refusal[] } {
  const known: Sendable[] = [];
  const refused = new Map<string, Sendable[]>();
  for (const record of batch) {
    const problem = cluster.problemOf(record.topic);
    if (problem === undefined) known.push(record);
    else if (!TOPIC_REFUSALS.has(problem)) throw new Error(`topic ${record.topic}: ${problem}`);
    else refused.set(problem, [...(refused.get(problem) ?? []), record]);
  }
  return { known, refusals: [...refused].map(([reason, records]) => ({ reason, records })) };
}

/** @throws Error when the partition is there and nobody leads it at the moment */
function leaderOf(cluster: Cluster, topic: string, partition: number): number | undefined {
  const leader = cluster.leaderOf(topic, partition);
  if (leader === undefined && cluster.hasPartition(topic, partition)) {
    throw new Error(`nobody leads partition ${partition} of ${topic}`);
  }
  return leader;
}

/** Acknowledges what was taken, partition by partition. @throws Error when a partition may be tried again */
function settle(
  due: readonly Sendable[],
  { responses }: produceV7.ProduceResponse,
  cluster: Cluster,
  error: unknown = new Error('the broker did not answer for every partition'),
): Refusal[] {
  const codes = new Map<string, number>();
  for (const { name, partitionResponses } of responses) {
    for (const { index, errorCode } of partitionResponses) codes.set(placeOf(name, index), errorCode);
  }
  const finals = new Set(
    answeredErrors(error)
      .filter(refusesRecords)
      .map(({ type }) => type),
  );
  const refused = new Map<string, Sendable[]>();
  let mayPass = false;
  for (const record of due) {
    const { place } = record;
    const code = codes.get(place);
    if (code === 0) {
      record.acknowledged = true;
      record.publication.acknowledge();
    } else if (code !== undefined && finals.has(cluster.errorName(code))) {
      const key = `${cluster.errorName(code)} ${place}`;
      refused.set(key, [...(refused.get(key) ?? []), record]);
    } else mayPass = true;
  }
  if (mayPass) throw new Error(reasonOf(error), { cause: error });
  return [...refused].map(([key, records]) => ({ records, reason: key.slice(0, key.indexOf(' ')) }));
}
