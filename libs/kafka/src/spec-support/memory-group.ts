import { encodeEvent, type CloudEvent } from '@heliograph/contracts';
import { Unavailable } from '@heliograph/runtime';
import type { ParkedStore, VisitCopy } from '../consumer/parking/parked-store.ts';
import type { CommitOffset, RecordSource, SourceListener, SourceRecord } from '../consumer/record-source.ts';
import type { OutgoingRecord } from '../publisher/event-publisher.ts';
import { RecordTooLarge } from '../publisher/record-too-large.ts';

/** What becomes of a write to a parked topic. `late`: it is reported as failed and arrives some steps later. */
export type WriteFate = 'written' | 'written twice' | 'lost' | 'written, answer lost' | 'late' | 'too large';

/**
 * Topics, committed offsets and one consumer group in memory, under the hand of the test: it says when records are delivered,
 * heartbeats succeed and members come and go. Refuses what a broker refuses; the consumers on it are the real ones.
 */
export class MemoryGroup {
  generation = 0;
  readonly members: MemoryMember[] = [];
  /** Asked for every write of a copy. */
  writeFate: (copy: OutgoingRecord) => WriteFate = () => 'written';
  /** Topics that are not assigned to anybody. */
  readonly unassigned = new Set<string>();
  /** Asked for every copy that is read: whether the read fails there. */
  readFails: () => boolean = () => false;
  private readonly logs = new Map<string, SourceRecord[]>();
  private readonly committed = new Map<string, number>();
  private readonly owners = new Map<number, MemoryMember>();
  private late: (() => void)[] = [];

  /** @param topics logical names, parked topics too, all with the same partitions */
  constructor(
    readonly topics: readonly string[],
    readonly partitions: number,
  ) {}

  /** Writes an event that may hold anything behind the last record, leaving `gap` offsets out. */
  write(topic: string, partition: number, key: string, id: string, gap = 0): void {
    this.writeEvent(topic, partition, key, { id, type: 'webhook.received', data: {} }, gap);
  }

  writeEvent(
    topic: string,
    partition: number,
    key: string,
    what: Pick<CloudEvent, 'id' | 'type' | 'data'>,
    gap = 0,
  ): void {
    const rest = { source: '/test', time: '2026-01-01T00:00:00Z', extensions: {} };
    const encoded = encodeEvent({ ...what, ...rest, partitionKey: key });
    this.append(topic, partition, { ...encoded, key: Buffer.from(key) }, gap);
  }

  end(topic: string, partition: number): number {
    return (this.log(topic, partition).at(-1)?.offset ?? -1) + 1;
  }

  committedOf(topic: string, partition: number): number {
    return this.committed.get(`${topic}/${partition}`) ?? 0;
  }

  /** As if none had come through. */
  forgetCommits(): void {
    this.committed.clear();
  }

  join(): MemoryMember {
    const member = new MemoryMember(this);
    this.members.push(member);
    return member;
  }

  /** The members get their partitions anew. Those who are away are not told, and lose theirs. */
  rebalance(): void {
    this.generation++;
    this.owners.clear();
    const present = this.members.filter((member) => member.isPresent);
    if (present.length === 0) return;
    for (let partition = 0; partition < this.partitions; partition++) {
      this.owners.set(partition, present[(partition + this.generation) % present.length]!);
    }
    for (const member of present) member.assign(this.partitionsOf(member));
  }

  /** Delivers up to `most` records of every topic-partition to its owner, and what was written late. */
  deliver(most: number): void {
    for (const write of this.late.splice(0)) write();
    for (const [partition, member] of this.owners) {
      for (const topic of this.topics) {
        if (!this.unassigned.has(topic)) member.fetch(topic, partition, most);
      }
    }
  }

  beat(): void {
    for (const member of this.members) if (member.isPresent && member.isCurrent) member.beat();
  }

  log(topic: string, partition: number): SourceRecord[] {
    const name = `${topic}/${partition}`;
    let log = this.logs.get(name);
    if (!log) this.logs.set(name, (log = []));
    return log;
  }

  append(topic: string, partition: number, record: OutgoingRecord, gap = 0): void {
    const log = this.log(topic, partition);
    const key = record.key === null ? null : Buffer.from(record.key);
    const value = record.value;
    const offset = (log.at(-1)?.offset ?? -1) + 1 + gap;
    log.push({ topic, partition, offset, key, value, headers: record.headers ?? {}, bytes: value?.length ?? 0 });
  }

  later(write: () => void): void {
    this.late.push(write);
  }

  commit(member: MemoryMember, offsets: readonly CommitOffset[]): void {
    if (!member.isPresent || !member.isCurrent) throw new Error('the generation is over');
    for (const { topic, partition, offset } of offsets) this.committed.set(`${topic}/${partition}`, offset);
  }

  private partitionsOf(member: MemoryMember): number[] {
    return [...this.owners].filter(([, owner]) => owner === member).map(([partition]) => partition);
  }
}

/** A member, and what it reads and writes besides. */
export class MemoryMember implements RecordSource {
  /** Crashed, or frozen for so long that the group goes on without it; what it has begun goes on. */
  isPresent = true;
  private listener!: SourceListener;
  private generation = 0;
  private readonly paused = new Set<string>();
  private readonly positions = new Map<string, number>();

  constructor(private readonly group: MemoryGroup) {}

  get isCurrent(): boolean {
    return this.generation === this.group.generation;
  }

  async start(listener: SourceListener): Promise<void> {
    this.listener = listener;
  }
  pause(topic: string, partition: number): void {
    this.paused.add(`${topic}/${partition}`);
  }
  resume(topic: string, partition: number): void {
    this.paused.delete(`${topic}/${partition}`);
  }
  async commit(offsets: readonly CommitOffset[]): Promise<void> {
    await turns(1);
    this.group.commit(this, offsets);
  }
  async stop(): Promise<void> {}

  assign(partitions: number[]): void {
    const { group } = this;
    if (this.generation > 0) this.listener.rebalancing();
    this.generation = group.generation;
    this.positions.clear();
    this.listener.assigned(new Map(group.topics.map((topic) => [topic, partitions])));
    for (const topic of group.topics) {
      for (const partition of partitions) {
        this.positions.set(`${topic}/${partition}`, group.committedOf(topic, partition));
      }
    }
  }

  fetch(topic: string, partition: number, most: number): void {
    const name = `${topic}/${partition}`;
    if (!this.isPresent || this.paused.has(name)) return;
    const position = this.positions.get(name)!;
    const records = this.group.log(topic, partition).filter((record) => record.offset >= position);
    const batch = records.slice(0, most);
    if (batch.length === 0) return;
    const next = batch.at(-1)!.offset + 1;
    this.positions.set(name, next);
    this.listener.records(topic, partition, batch, this.group.end(topic, partition), next);
  }

  beat(): void {
    this.listener.heartbeat(this.generation);
  }

  /** The parked topics as this member sees them. */
  readonly parked: ParkedStore = {
    topicOf: (input) => `${input}.parked`,
    leadsTo: () => true,
    append: async (input, copy) => {
      const { group } = this;
      const partition = Number(String(copy.headers?.['parked-from']).split('/')[1]);
      const fate = group.writeFate(copy);
      if (fate === 'too large') throw new RecordTooLarge(input, 1);
      await turns(1);
      const write = () => group.append(`${input}.parked`, partition, copy);
      if (fate === 'late') group.later(write);
      else if (fate !== 'lost') write();
      if (fate === 'written twice') write();
      await turns(1);
      if (!fate.startsWith('written') || fate === 'written, answer lost') throw new Unavailable('kafka', fate);
    },
    read: async (input, partition, from, visit) => this.read(`${input}.parked`, partition, from, visit),
  };

  private async read(topic: string, partition: number, from: number | 'committed', visit: VisitCopy): Promise<number> {
    const { group } = this;
    const start = from === 'committed' ? group.committedOf(topic, partition) : from;
    const end = Math.max(start, group.end(topic, partition));
    await turns(1);
    for (const record of group.log(topic, partition)) {
      if (record.offset < start || record.offset >= end) continue;
      if (group.readFails()) throw new Unavailable('kafka', 'the read fails');
      if (!visit(record)) return record.offset + 1;
      if (record.offset % 3 === 0) await turns(1);
    }
    return end;
  }
}

export const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
};
