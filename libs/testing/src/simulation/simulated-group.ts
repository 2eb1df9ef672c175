import { randomOf, whole } from './random.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { SimulatedTopics } from './simulated-topics.ts';
import type { Simulation } from './simulation.ts';

/** Without a sign of a member for so long the coordinator gives its partitions away. */
export const SESSION_TIMEOUT_MS = 6_000;
const REBALANCE_TIMEOUT_MS = 8_000;

export interface CommitRequest {
  readonly generation: number;
  readonly offsets: readonly { readonly topic: string; readonly partition: number; readonly offset: number }[];
}

/** What the coordinator knows of a member. */
export interface GroupMember {
  readonly process: SimulatedProcess;
  /** Of its last assignment. */
  readonly generation: number;
  /** The coordinator dropped it since then. */
  dropped: boolean;
  /** The coordinator's answer to the join. */
  assign(generation: number, partitions: readonly number[]): void;
  /** There may be something to fetch. */
  poke(): void;
}

/**
 * The group coordinator of a simulated Kafka, as far as consumers can tell: a generation per rebalance, members that learn of
 * it by their next heartbeat, commits that are refused to members it does not know and to older generations, and not checked
 * against the assignment. That real brokers and clients behave so is shown elsewhere, by the tests that use them.
 */
export class SimulatedGroup {
  /** Next offset to read, by `topic/partition`. */
  readonly committed = new Map<string, number>();
  generation = 0;
  private readonly known = new Set<GroupMember>();
  private readonly joined = new Set<GroupMember>();
  private preparing = false;
  private rebalance = 0;
  /** Called with every commit that the broker takes. */
  onCommit: (topic: string, partition: number, offset: number) => void = () => undefined;

  constructor(
    readonly simulation: Simulation,
    readonly topics: SimulatedTopics,
    /** Co-partitioned topics. */
    readonly inputs: readonly string[],
    readonly partitions: number,
  ) {
    topics.onAppend(({ topic }) => {
      if (inputs.includes(topic)) for (const member of this.known) member.poke();
    });
  }

  get members(): readonly GroupMember[] {
    return [...this.known];
  }

  join(member: GroupMember): void {
    this.known.add(member);
    // The request was long on its way: who sent it may be gone, and does not come back to be watched.
    if (!member.process.running) this.watch(member.process);
    this.prepare();
    this.joined.add(member);
    this.completeWhenAllJoined();
  }

  /** All members have to join anew. */
  prepare(): void {
    if (this.preparing) return;
    this.preparing = true;
    this.joined.clear();
    const rebalance = ++this.rebalance;
    this.simulation.later(REBALANCE_TIMEOUT_MS, () => this.complete(rebalance));
  }

  /** Drops a member, as when its session timed out; it may not know for long. */
  drop(member: GroupMember): void {
    if (!this.known.delete(member)) return;
    member.dropped = true;
    this.joined.delete(member);
    if (this.known.size > 0) this.prepare();
    this.completeWhenAllJoined();
  }

  /** Drops the members of a process unless it shows a sign of life in time. */
  watch(process: SimulatedProcess): void {
    this.simulation.later(SESSION_TIMEOUT_MS, () => {
      if (process.running) return;
      for (const member of this.members) if (member.process === process) this.drop(member);
    });
  }

  heartbeat(member: GroupMember): 'ok' | 'rebalancing' | 'unknown' | 'joining' {
    if (!this.known.has(member)) return 'unknown';
    if (this.preparing) return this.joined.has(member) ? 'joining' : 'rebalancing';
    return member.generation === this.generation ? 'ok' : 'joining';
  }

  /** @returns why the broker refuses; undefined when it took the offsets */
  commit(member: GroupMember, { generation, offsets }: CommitRequest): string | undefined {
    if (!this.known.has(member)) return 'UNKNOWN_MEMBER_ID';
    if (generation !== this.generation) return 'ILLEGAL_GENERATION';
    for (const { topic, partition, offset } of offsets) {
      this.committed.set(`${topic}/${partition}`, offset);
      this.onCommit(topic, partition, offset);
    }
    return undefined;
  }

  private completeWhenAllJoined(): void {
    if (!this.preparing || this.known.size === 0 || this.joined.size < this.known.size) return;
    const { rebalance } = this;
    this.simulation.add('the group completes its rebalance', () => this.complete(rebalance));
  }

  private complete(rebalance: number): void {
    if (!this.preparing || rebalance !== this.rebalance || this.joined.size === 0) return;
    for (const member of this.known) {
      if (this.joined.has(member)) continue;
      this.known.delete(member);
      member.dropped = true;
    }
    this.preparing = false;
    this.generation++;
    const members = [...this.joined];
    const random = randomOf(this.simulation.seed + this.generation * 7919);
    const lists = new Map<GroupMember, number[]>(members.map((member) => [member, []]));
    for (let partition = 0; partition < this.partitions; partition++) {
      lists.get(members[whole(random, members.length)]!)!.push(partition);
    }
    for (const [member, partitions] of lists) member.assign(this.generation, partitions);
  }
}
