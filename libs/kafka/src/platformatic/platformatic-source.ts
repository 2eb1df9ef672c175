import { setTimeout as delay } from 'node:timers/promises';
import { Unavailable, withDeadline } from '@heliograph/runtime';
import type { TopicDefinition } from '@heliograph/contracts';
import type { Kafka } from '../cluster/kafka.ts';
import { alarmOutOfRange } from '../consumer/out-of-range.ts';
import type { CommitOffset, RecordSource, SourceListener } from '../consumer/record-source.ts';
import { answeredWith, mayPass, reasonOf } from './answer-errors.ts';
import { Cluster } from './cluster.ts';
import { Fetcher } from './fetcher.ts';
import { GroupMembership, type Assignment } from './group-membership.ts';
import { loadLibrary } from './library.ts';
import { setPositions } from './positions.ts';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
/** How long joining waits for commits that its announcement has set off. */
const COMMITS_WITHIN_MS = 1_000;
const REJOIN = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID'];

/** The parts of a source that live from `start` to `stop`. */
interface Running {
  readonly cluster: Cluster;
  readonly membership: GroupMembership;
  readonly fetcher: Fetcher;
}

/**
 * A group member on the connections and the codec of @platformatic/kafka. Its own consumer is not used: it hides which
 * generation a heartbeat proved, joins anew by itself, and hands out streams that read ahead past a pause. Heartbeats do
 * not wait for fetches here, and the first one of a generation is sent at once.
 */
export class PlatformaticSource implements RecordSource {
  private readonly physical: readonly string[];
  private readonly stopped = new AbortController();
  private readonly commits = new Set<Promise<void>>();
  private running: Running | undefined;
  private living: Promise<void> = Promise.resolve();
  private hasCrashed = false;
  private wait = FIRST_WAIT_MS;

  constructor(
    private readonly kafka: Kafka,
    private readonly group: string,
    topics: readonly TopicDefinition[],
  ) {
    this.physical = topics.map((topic) => kafka.physical(topic.name));
  }

  async start(listener: SourceListener): Promise<void> {
    const cluster = new Cluster(await loadLibrary(), this.kafka.settings);
    try {
      await cluster.refresh(this.physical);
    } catch (error) {
      cluster.connections.cut();
      throw error;
    }
    // It was stopped meanwhile, when there was nothing to stop yet.
    if (this.isOver) return cluster.connections.cut();
    const membership = new GroupMembership(cluster, this.kafka.physicalGroup(this.group), this.physical);
    const told = {
      records: listener.records.bind(listener),
      outOfRange: (topic: string, partition: number) => alarmOutOfRange(this.kafka, this.group, topic, partition),
      failed: (what: string, error: unknown) => this.recover(what, error),
      ended: (error: unknown) => this.crash(listener, error),
    };
    const fetcher = new Fetcher(this.kafka, cluster, this.physical, told, (tenures) =>
      setPositions(cluster, membership, tenures),
    );
    this.running = { cluster, membership, fetcher };
    this.living = this.live(listener, this.running);
  }

  pause(topic: string, partition: number): void {
    this.running?.fetcher.pause(this.kafka.physical(topic), partition);
  }

  resume(topic: string, partition: number): void {
    this.running?.fetcher.resume(this.kafka.physical(topic), partition);
  }

  async commit(offsets: readonly CommitOffset[]): Promise<void> {
    if (!this.running) throw new Unavailable('kafka', 'the consumer does not run');
    const physical = offsets.map((offset) => ({ ...offset, topic: this.kafka.physical(offset.topic) }));
    const commit = this.running.membership.commit(physical);
    this.commits.add(commit);
    try {
      await commit;
    } catch (error) {
      throw new Unavailable('kafka', `the commit was refused: ${reasonOf(error)}`, { cause: error });
    } finally {
      this.commits.delete(commit);
    }
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    const { running } = this;
    if (!running) return;
    running.fetcher.stop();
    if (!this.hasCrashed) await running.membership.leave();
    running.cluster.connections.cut();
    await Promise.all([this.living, running.fetcher.end()]);
  }

  private async live(listener: SourceListener, { membership, fetcher }: Running): Promise<void> {
    let hadSome = false;
    try {
      while (!this.isOver) {
        try {
          const { assignment, generation, kept } = await membership.join();
          if (this.isOver) break;
          // Whoever had it meanwhile may have committed further: nothing of the time before counts.
          if (hadSome && !kept) listener.assigned(new Map());
          hadSome = true;
          fetcher.hold(assignment, kept);
          listener.assigned(this.logical(assignment));
          await this.beat(listener, membership, generation);
          listener.rebalancing();
          await this.commitsSettled();
        } catch (error) {
          await this.recover('joining the group', error);
        }
      }
    } catch (error) {
      this.crash(listener, error);
    }
  }

  /** Sends heartbeats until the group wants this member to join anew. */
  private async beat(listener: SourceListener, membership: GroupMembership, generation: number): Promise<void> {
    while (!this.isOver) {
      try {
        await membership.heartbeat();
        this.wait = FIRST_WAIT_MS;
        if (!this.isOver) listener.heartbeat(generation);
        await this.rest(this.kafka.settings.heartbeatMs);
      } catch (error) {
        if (answeredWith(error, ...REJOIN)) return;
        await this.recover('a heartbeat', error);
      }
    }
  }

  private async commitsSettled(): Promise<void> {
    // The consumer commits in the turns that follow its being told.
    await new Promise((resolve) => setImmediate(resolve));
    const settled = Promise.allSettled(this.commits);
    await withDeadline(settled, COMMITS_WITHIN_MS, 'committing').catch(() => undefined);
  }

  /** Waits before something is tried again. @throws what it was given when trying again cannot help */
  private async recover(what: string, error: unknown): Promise<void> {
    if (this.isOver) return;
    if (!mayPass(error)) throw error;
    const isRoutine = answeredWith(error, ...REJOIN);
    const reason = reasonOf(error);
    this.kafka.log[isRoutine ? 'debug' : 'warn']({ group: this.group, reason }, `${what} failed, trying again`);
    await this.rest(this.wait * (0.5 + Math.random() / 2));
    this.wait = isRoutine ? FIRST_WAIT_MS : Math.min(2 * this.wait, LONGEST_WAIT_MS);
  }

  private crash(listener: SourceListener, cause: unknown): void {
    if (this.isOver) return;
    this.hasCrashed = true;
    this.stopped.abort();
    this.running?.fetcher.stop();
    this.running?.cluster.connections.cut();
    listener.crashed(cause instanceof Error ? cause : new Error(String(cause)));
  }

  private logical(assignment: Assignment): Map<string, readonly number[]> {
    return new Map([...assignment].map(([topic, partitions]) => [this.kafka.logical(topic), partitions]));
  }

  private async rest(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }

  private get isOver(): boolean {
    return this.stopped.signal.aborted;
  }
}
