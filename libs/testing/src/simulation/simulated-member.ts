import type { CommitRequest, GroupMember, SimulatedGroup } from './simulated-group.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { StoredRecord } from './simulated-topics.ts';

const HEARTBEAT_MS = 2_000;
const RECORDS_PER_FETCH = 4;

/** What a member tells its consumer; the listener of libs/kafka's port of record sources. */
export interface MemberListener {
  rebalancing(): void;
  assigned(assignment: ReadonlyMap<string, readonly number[]>): void;
  heartbeat(generation: number): void;
  records(topic: string, partition: number, records: readonly StoredRecord[], endOffset: number, next: number): void;
}

/**
 * A member of a simulated group: the port of record sources, on the simulation's events. It believes what it was told last,
 * so after a freeze it goes on fetching what is not its own any more.
 */
export class SimulatedMember implements GroupMember {
  generation = 0;
  private listener!: MemberListener;
  private assigned: readonly number[] = [];
  private readonly positions = new Map<string, number>();
  private readonly paused = new Set<string>();
  private fetching = false;
  private joining = false;
  dropped = false;

  constructor(
    private readonly group: SimulatedGroup,
    readonly process: SimulatedProcess,
  ) {}

  async start(listener: MemberListener): Promise<void> {
    this.listener = listener;
    setInterval(() => this.sendHeartbeat(), HEARTBEAT_MS);
    this.joinAnew();
  }

  pause(topic: string, partition: number): void {
    this.paused.add(`${topic}/${partition}`);
  }

  resume(topic: string, partition: number): void {
    this.paused.delete(`${topic}/${partition}`);
    this.poke();
  }

  commit(offsets: CommitRequest['offsets']): Promise<void> {
    const request = { generation: this.generation, offsets };
    const { simulation } = this.group;
    const what = offsets.map(({ topic, partition, offset }) => `${topic}/${partition}:${offset}`).join(' ');
    return new Promise((resolve, reject) => {
      const arrives = () => {
        const refusal = this.group.commit(this, request);
        const answer = () => (refusal === undefined ? resolve() : reject(new Error(refusal)));
        this.tell(`learns that the commit was ${refusal ?? 'taken'}`, answer);
      };
      simulation.add(`a commit of ${this.process.name} arrives: ${what}`, arrives, this.onItsWay);
    });
  }

  async stop(): Promise<void> {
    this.group.drop(this);
  }

  assign(generation: number, partitions: readonly number[]): void {
    const continued = !this.dropped;
    this.dropped = false;
    const answer = () => {
      this.joining = false;
      this.generation = generation;
      this.assigned = partitions;
      for (const topic of this.group.inputs) {
        for (const partition of partitions) {
          const name = `${topic}/${partition}`;
          this.positions.set(name, this.group.committed.get(name) ?? 0);
        }
      }
      // Others may have worked on its partitions and committed further: as the port asks for.
      if (!continued) this.listener.assigned(new Map());
      this.listener.assigned(new Map(this.group.inputs.map((topic) => [topic, partitions])));
      this.poke();
    };
    this.tell(`is assigned ${partitions.join(', ') || 'nothing'} in generation ${generation}`, answer);
  }

  poke(): void {
    if (this.fetching || !this.nextToFetch()) return;
    this.fetching = true;
    this.tell('fetches', () => {
      this.fetching = false;
      const next = this.nextToFetch();
      if (!next) return;
      const { topic, partition, log, from } = next;
      const records = log.slice(from, from + RECORDS_PER_FETCH);
      const behind = from + records.length;
      this.positions.set(`${topic}/${partition}`, behind);
      this.listener.records(topic, partition, records, log.length, behind);
      this.poke();
    });
  }

  private nextToFetch(): { topic: string; partition: number; log: StoredRecord[]; from: number } | undefined {
    for (const partition of this.assigned) {
      for (const topic of this.group.inputs) {
        const name = `${topic}/${partition}`;
        const log = this.group.topics.log(topic, partition);
        const from = this.positions.get(name) ?? 0;
        if (from < log.length && !this.paused.has(name)) return { topic, partition, log, from };
      }
    }
    return undefined;
  }

  private sendHeartbeat(): void {
    const arrives = () => this.answerHeartbeat(this.group.heartbeat(this), this.generation);
    this.group.simulation.add(`a heartbeat of ${this.process.name} arrives`, arrives, this.onItsWay);
  }

  private answerHeartbeat(answer: ReturnType<SimulatedGroup['heartbeat']>, generation: number): void {
    if (answer === 'ok') {
      this.tell(`learns that its heartbeat of generation ${generation} counted`, () => {
        // The client asks with the generation it has; an answer about an earlier one is not handed on.
        if (generation === this.generation) this.listener.heartbeat(generation);
      });
    } else if (answer === 'rebalancing') {
      this.tell('learns that the group is rebalancing', () => {
        this.listener.rebalancing();
        this.joinAnew();
      });
    } else if (answer === 'unknown') {
      this.tell('learns that it is not a member', () => {
        this.joining = false;
        this.joinAnew();
      });
    }
  }

  /** Of what it sends to the coordinator, in this order. */
  private get onItsWay(): { channel: unknown; notBefore: number } {
    return { channel: this, notBefore: this.process.cutOffUntil };
  }

  private joinAnew(): void {
    if (this.joining) return;
    this.joining = true;
    const { simulation } = this.group;
    simulation.add(`${this.process.name} joins`, () => this.group.join(this), this.onItsWay);
  }

  private tell(what: string, run: () => void): void {
    const { simulation } = this.group;
    simulation.add(`${this.process.name} ${what}`, run, {
      owner: this.process,
      channel: `${this.process.name}.group`,
      isRoutine: true,
    });
  }
}
