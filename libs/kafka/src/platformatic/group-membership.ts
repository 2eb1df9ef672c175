import type { Connection, joinGroupV5 } from '@platformatic/kafka';
import { ASSIGNER, assignCoPartitioned, memberMetadata, readAssignment } from '../consumer/co-partition-assigner.ts';
import { answeredWith, memberIdIn } from './answer-errors.ts';
import type { Cluster } from './cluster.ts';

/** A topic's partitions, by physical names. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

/** What joining gave. */
export interface Joined {
  readonly generation: number;
  readonly assignment: Assignment;
  /**
   * Whether this member certainly kept what it held before: the generation follows the one it held. Else somebody else
   * may have worked on its partitions meanwhile, even on those it has again.
   */
  readonly kept: boolean;
}

export interface GroupOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

const GROUP_KEY = 0;
const CONSUMER = 'consumer';
/** The coordinator answers a join when all members have come, at the latest after the rebalance time-out. */
const JOIN_MARGIN_MS = 5_000;
const LEAVE_WITHIN_MS = 2_000;

const OTHER_COORDINATOR = ['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE'];

/** One member of a consumer group: what it asks its coordinator, without loops of its own (Kafka's classic protocol). */
export class GroupMembership {
  private memberId = '';
  private generation = -1;
  /** The generation whose assignment this member works on, while nothing came between. */
  private held: number | undefined;
  private owned: readonly number[] = [];
  private coordinator: number | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly group: string,
    private readonly topics: readonly string[],
  ) {}

  /** Joins, or joins anew. @throws the error of the library or Unavailable; the next call tries again */
  async join(): Promise<Joined> {
    const joined = await this.enter();
    const assignments = joined.leader === joined.memberId ? await this.assign(joined.members) : [];
    const { api } = this.cluster.library.syncGroupV3;
    const { memberId, generationId: generation } = joined;
    const answer = await this.asking((connection) =>
      this.cluster.connections.ask(
        connection,
        api,
        this.joinLimit,
        this.group,
        generation,
        memberId,
        null,
        null,
        null,
        assignments,
      ),
    );
    const kept = this.held !== undefined && generation === this.held + 1;
    const assignment = readAssignment(answer.assignment);
    this.generation = generation;
    this.held = generation;
    this.owned = [...new Set([...assignment.values()].flat())];
    return { generation, assignment, kept };
  }

  /** @throws the library's error when the coordinator says that this member has to join anew, or cannot be asked */
  async heartbeat(): Promise<void> {
    const { api } = this.cluster.library.heartbeatV3;
    // Early enough that two more can be tried before the group gives this member up.
    const limit = this.cluster.settings.sessionTimeoutMs / 3;
    await this.asking((connection) =>
      this.cluster.connections.ask(connection, api, limit, this.group, this.generation, this.memberId, null),
    );
  }

  /** Commits under the present generation. @throws the library's error when the coordinator refuses any of them */
  async commit(offsets: readonly GroupOffset[]): Promise<void> {
    const { api } = this.cluster.library.offsetCommitV7;
    const topics = grouped(offsets).map(([name, entries]) => ({
      name,
      partitions: entries.map(({ partition, offset }) => ({
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: -1,
        committedMetadata: null,
      })),
    }));
    const { generation, memberId } = this;
    await this.asking((connection) =>
      this.cluster.ask(connection, api, this.group, generation, memberId, null, topics),
    );
  }

  /** Offsets the group has committed of these partitions; those without one are left out. */
  async committed(assignment: Assignment): Promise<GroupOffset[]> {
    const { api } = this.cluster.library.offsetFetchV5;
    const topics = [...assignment].map(([name, partitions]) => ({ name, partitionIndexes: [...partitions] }));
    const answer = await this.asking((connection) =>
      this.cluster.ask(connection, api, [{ groupId: this.group, topics }], false),
    );
    return answer.topics.flatMap(({ name, partitions }) =>
      partitions
        .map(({ partitionIndex, committedOffset }) => ({
          topic: name,
          partition: partitionIndex,
          offset: Number(committedOffset),
        }))
        .filter(({ offset }) => offset >= 0),
    );
  }

  /** Leaves the group so that the others need not wait for the session time-out. Fails silently: then they have to. */
  async leave(): Promise<void> {
    const { memberId } = this;
    this.forget();
    if (memberId === '' || this.coordinator === undefined) return;
    const { api } = this.cluster.library.leaveGroupV3;
    try {
      // Not behind a join that waits for the other members.
      const connection = await this.cluster.broker(this.coordinator, 'metadata');
      await this.cluster.connections.ask(connection, api, LEAVE_WITHIN_MS, this.group, [{ memberId }]);
    } catch {
      // Whatever it is, this member is gone.
    }
  }

  private get joinLimit(): number {
    return this.cluster.settings.rebalanceTimeoutMs + JOIN_MARGIN_MS;
  }

  private async enter(): Promise<joinGroupV5.JoinGroupResponse> {
    const { api } = this.cluster.library.joinGroupV5;
    const { sessionTimeoutMs, rebalanceTimeoutMs } = this.cluster.settings;
    const protocols = () => [{ name: ASSIGNER, metadata: memberMetadata(this.topics, this.owned) }];
    const ask = (connection: Connection) =>
      this.cluster.connections.ask(
        connection,
        api,
        this.joinLimit,
        this.group,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        this.memberId,
        null,
        CONSUMER,
        protocols(),
      );
    try {
      return await this.asking(ask);
    } catch (error) {
      // The first step of joining (KIP-394): the coordinator gives a name, and wants to be asked under it.
      if (!answeredWith(error, 'MEMBER_ID_REQUIRED')) throw error;
      this.memberId = memberIdIn(error) ?? '';
      return await this.asking(ask);
    }
  }

  private async assign(members: joinGroupV5.JoinGroupResponse['members']) {
    await this.cluster.refresh(this.topics);
    const joined = members.map(({ memberId, metadata }) => ({ memberId, memberMetadata: metadata }));
    return assignCoPartitioned(joined, this.topics, (topic) => this.cluster.partitionsOf(topic)).map(
      ({ memberId, memberAssignment }) => ({ memberId, assignment: memberAssignment }),
    );
  }

  /** Asks the coordinator, and looks for another one next time when this one is not it, or is out of reach. */
  private async asking<Answer>(ask: (connection: Connection) => Promise<Answer>): Promise<Answer> {
    try {
      return await ask(await this.toCoordinator());
    } catch (error) {
      if (answeredWith(error, 'UNKNOWN_MEMBER_ID', 'FENCED_INSTANCE_ID')) this.forget();
      else if (answeredWith(error, ...OTHER_COORDINATOR) || !answeredWith(error, ...STILL_THERE)) {
        this.coordinator = undefined;
      }
      throw error;
    }
  }

  private async toCoordinator(): Promise<Connection> {
    if (this.coordinator === undefined || !this.cluster.knows(this.coordinator)) {
      const { api } = this.cluster.library.findCoordinatorV2;
      await this.cluster.refresh(this.topics);
      const answer = await this.cluster.ask(await this.cluster.any(), api, GROUP_KEY, [this.group]);
      this.coordinator = answer.coordinators[0]!.nodeId;
    }
    return this.cluster.broker(this.coordinator, 'group');
  }

  private forget(): void {
    this.memberId = '';
    this.generation = -1;
    this.held = undefined;
  }
}

/** Answers of a coordinator that is the right one. */
const STILL_THERE = [
  'MEMBER_ID_REQUIRED',
  'REBALANCE_IN_PROGRESS',
  'ILLEGAL_GENERATION',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'UNSTABLE_OFFSET_COMMIT',
];

function grouped(offsets: readonly GroupOffset[]): [topic: string, offsets: GroupOffset[]][] {
  const topics = new Map<string, GroupOffset[]>();
  for (const offset of offsets) {
    const entries = topics.get(offset.topic);
    if (entries) entries.push(offset);
    else topics.set(offset.topic, [offset]);
  }
  return [...topics];
}
