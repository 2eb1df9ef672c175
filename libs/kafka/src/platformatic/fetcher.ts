import { setTimeout as delay } from 'node:timers/promises';
import type { fetchV11 } from '@platformatic/kafka';
import type { Kafka } from '../cluster/kafka.ts';
import type { SourceListener } from '../consumer/record-source.ts';
import { answerIn } from './answer-errors.ts';
import type { Cluster } from './cluster.ts';
import { recordsIn } from './fetched-records.ts';
import type { Assignment } from './group-membership.ts';
import { newTenure, tenureKey, type Tenure } from './tenure.ts';
import { WakeUp } from './wake-up.ts';

/** What a fetcher tells. No call may block. */
export interface FetchListener extends Pick<SourceListener, 'records'> {
  /** The offset to read on at is not on the topic any more. */
  outOfRange(topic: string, partition: number): void;
  /** Something went wrong. Resolves when it may be tried again; rejects when it may not. */
  failed(what: string, error: unknown): Promise<void>;
  /** It went so wrong that nothing is fetched any more. */
  ended(error: unknown): void;
}

const READ_COMMITTED = 1;
const NO_SESSION = 0;
const NO_SESSION_EPOCH = -1;
const NO_EPOCH = -1;
const MIN_BYTES = 1;
const ANSWER_BYTES = 10 * 1024 * 1024;
const PARTITION_BYTES = 1024 * 1024;
/** Leaders change in a moment; whoever is told of a wrong one looks again after this. */
const LOOK_AGAIN_MS = 100;

/**
 * Fetches the partitions this member has, one request at a time from each broker that leads some. Records of a partition
 * that is paused, or was taken away, are dropped also when their fetch was under way, and fetched again if need be.
 */
export class Fetcher {
  private tenures = new Map<string, Tenure>();
  private readonly paused = new Set<string>();
  private readonly changed = new WakeUp();
  private readonly loops = new Map<number, Promise<void>>();
  private readonly placing: Promise<void>;
  private readonly stopped = new AbortController();
  private turn = 0;

  /** @param locate sets positions of tenures that have none; leaders are known then */
  constructor(
    private readonly kafka: Kafka,
    private readonly cluster: Cluster,
    private readonly topics: readonly string[],
    private readonly listener: FetchListener,
    private readonly locate: (tenures: readonly Tenure[]) => Promise<void>,
  ) {
    this.placing = this.looping(() => this.place());
  }

  /** Fetches these partitions and no others. With `keep`, those it had go on where they are. */
  hold(assignment: Assignment, keep: boolean): void {
    const before = this.tenures;
    this.tenures = new Map();
    for (const [topic, partitions] of assignment) {
      for (const partition of partitions) {
        const key = tenureKey(topic, partition);
        this.tenures.set(key, (keep && before.get(key)) || newTenure(topic, partition));
      }
    }
    this.changed.wake();
  }

  pause(topic: string, partition: number): void {
    this.paused.add(tenureKey(topic, partition));
  }

  resume(topic: string, partition: number): void {
    if (this.paused.delete(tenureKey(topic, partition))) this.changed.wake();
  }

  /** Ends the loops. Requests under way have to be cut by whoever owns the connections. */
  stop(): void {
    this.stopped.abort();
    this.tenures.clear();
    this.changed.wake();
  }

  /** Resolves when nothing runs any more. */
  async end(): Promise<void> {
    await Promise.all([this.placing, ...this.loops.values()]);
  }

  private async looping(turn: () => Promise<void>): Promise<void> {
    try {
      while (!this.stopped.signal.aborted) await turn();
    } catch (error) {
      if (!this.stopped.signal.aborted) this.listener.ended(error);
    }
  }

  /** Finds out leaders and positions of partitions that have none, and makes sure that their brokers are asked. */
  private async place(): Promise<void> {
    const astray = this.where(({ leader, position }) => leader === undefined || position === undefined);
    if (astray.length === 0) return this.changed.wait();
    try {
      await this.cluster.refresh(this.topics);
      for (const tenure of astray) tenure.leader = this.cluster.leaderOf(tenure.topic, tenure.partition);
      const nowhere = astray.filter(({ position }) => position === undefined);
      if (nowhere.length > 0) await this.locate(nowhere);
      for (const { leader } of astray) if (leader !== undefined) this.askRegularly(leader);
      this.changed.wake();
      const leaderless = astray.find(({ leader }) => leader === undefined);
      if (leaderless) throw new LeaderMissing(leaderless);
    } catch (error) {
      await this.recover('looking for partitions', error);
    }
  }

  private askRegularly(leader: number): void {
    if (this.loops.has(leader)) return;
    this.loops.set(
      leader,
      this.looping(() => this.fetchFrom(leader)),
    );
  }

  private async fetchFrom(leader: number): Promise<void> {
    const wanted = this.where((t) => t.leader === leader && t.position !== undefined && !this.paused.has(t.key));
    if (wanted.length === 0) return this.changed.wait();
    try {
      const asked = new Map(wanted.map((tenure) => [tenure.key, { tenure, from: tenure.position! }]));
      const misplaced = this.take(await this.fetch(leader, wanted), asked);
      if (misplaced) await delay(LOOK_AGAIN_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    } catch (error) {
      for (const tenure of wanted) tenure.leader = undefined;
      await this.recover('fetching', error);
      this.changed.wake();
    }
  }

  private async fetch(leader: number, wanted: readonly Tenure[]): Promise<fetchV11.FetchResponse> {
    const { library, settings } = this.cluster;
    const limit = settings.maxWaitTimeInMs + settings.requestTimeoutMs;
    const connection = await this.cluster.broker(leader, 'fetch');
    try {
      return await this.cluster.connections.ask(
        connection,
        library.fetchV11.api,
        limit,
        settings.maxWaitTimeInMs,
        MIN_BYTES,
        ANSWER_BYTES,
        READ_COMMITTED,
        NO_SESSION,
        NO_SESSION_EPOCH,
        requested(wanted, this.turn++),
        [],
        '',
      );
    } catch (error) {
      const partly = answerIn<fetchV11.FetchResponse>(error);
      if (partly === undefined || partly.errorCode !== 0) throw error;
      return partly;
    }
  }

  /** @returns whether a partition is not where it was looked for */
  private take(
    { responses }: fetchV11.FetchResponse,
    asked: ReadonlyMap<string, { tenure: Tenure; from: number }>,
  ): boolean {
    let misplaced = false;
    for (const { topicId: topic, partitions } of responses) {
      for (const fetched of partitions) {
        const { tenure, from } = asked.get(tenureKey(topic, fetched.partitionIndex))!;
        const isPresent = this.tenures.get(tenure.key) === tenure && tenure.position === from;
        if (!isPresent || this.paused.has(tenure.key)) continue;
        if (fetched.errorCode === 0) this.deliver(tenure, fetched, from);
        else misplaced = this.misplace(tenure, this.cluster.errorName(fetched.errorCode)) || misplaced;
      }
    }
    return misplaced;
  }

  private deliver(tenure: Tenure, fetched: fetchV11.FetchResponsePartition, from: number): void {
    const topic = this.kafka.logical(tenure.topic);
    const { records, next } = recordsIn(topic, fetched, from);
    tenure.position = next;
    if (next === from) return;
    this.listener.records(topic, tenure.partition, records, Number(fetched.highWatermark), next);
  }

  private misplace(tenure: Tenure, reason: string): boolean {
    if (reason === 'OFFSET_OUT_OF_RANGE') {
      this.listener.outOfRange(this.kafka.logical(tenure.topic), tenure.partition);
      tenure.position = undefined;
      tenure.fromEarliest = true;
    } else if (reason === 'TOPIC_AUTHORIZATION_FAILED') {
      throw new Error(`${tenure.key} cannot be fetched: ${reason}`);
    } else tenure.leader = undefined;
    this.changed.wake();
    return true;
  }

  private async recover(what: string, error: unknown): Promise<void> {
    if (!this.stopped.signal.aborted) await this.listener.failed(what, error);
  }

  private where(condition: (tenure: Tenure) => boolean): Tenure[] {
    return [...this.tenures.values()].filter(condition);
  }
}

/** Nobody leads a partition at the moment. */
class LeaderMissing extends Error {
  /** As the library's own errors that pass. */
  readonly code = 'PLT_KFK_NETWORK';
  constructor({ key }: Tenure) {
    super(`nobody leads ${key}`);
  }
}

/** Another partition first each time: a broker fills its answer in the order of the request. */
function requested(wanted: readonly Tenure[], turn: number): fetchV11.FetchRequestTopic[] {
  const start = turn % wanted.length;
  return [...wanted.slice(start), ...wanted.slice(0, start)].map(({ topic, partition, position }) => ({
    // Names until version 12, whatever the library calls them.
    topicId: topic,
    partitions: [
      {
        partition,
        currentLeaderEpoch: NO_EPOCH,
        fetchOffset: BigInt(position!),
        lastFetchedEpoch: NO_EPOCH,
        partitionMaxBytes: PARTITION_BYTES,
      },
    ],
  }));
}
