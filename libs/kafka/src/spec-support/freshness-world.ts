import { Place, Watermark } from '../consumer/watermark.ts';
import type { FreshnessRound, FreshnessSource } from '../freshness/freshness-round.ts';

/** What a variant may do differently. */
export interface FreshnessVariant {
  readonly round: (source: FreshnessSource<number>, stage: Stage) => Pick<FreshnessRound<number>, 'look' | 'reach'>;
  /** How far a stage is with a partition. */
  readonly endedBelow: (watermark: Watermark) => number;
  /** The mark of all partitions together; NaN when one is missing. */
  readonly together: (marks: readonly number[]) => number;
}
export type Stage = 'router' | 'registry' | 'dispatcher';

const PARTITIONS = 2;

/** One process that works on a partition of a stage, or believes that it does. */
class Worker {
  readonly watermark = new Watermark();
  readonly work: { readonly place: Place; readonly id: number }[] = [];
  readonly round: Pick<FreshnessRound<number>, 'look' | 'reach'>;
  isLooking = false;

  constructor(
    readonly stage: Stage,
    readonly partition: number,
    private position: number,
    readonly fence: number,
    world: FreshnessWorld,
  ) {
    const ends = () => world.later(() => new Map([[partition, world.input(stage, partition).length]]));
    this.round = world.variant.round({ asOf: () => world.asOf(stage), ends }, stage);
    this.watermark.pass(position);
  }

  fetch(log: readonly number[]): void {
    for (const id of log.slice(this.position)) {
      const place = new Place(this.position++, 0);
      this.watermark.see(place);
      this.work.push({ place, id });
    }
  }
}

/**
 * The way of a fact from its acknowledgement at ingress to the dispatcher, step by step as it is told: two router partitions whose
 * workers are replaced and live on as zombies, the registry, the dispatcher's view; time is the number of steps. The rounds are the
 * production's. Answers of Redis and Kafka are of any moment between question and arrival.
 */
export class FreshnessWorld {
  now = 0;
  readonly problems: string[] = [];
  /** How often the view became current as of a later moment. */
  views = 0;
  private readonly acknowledgedAt: number[] = [];
  private readonly received: number[][] = Array.from({ length: PARTITIONS }, () => []);
  private readonly events: number[] = [];
  private readonly states: number[] = [];
  private readonly visible = new Set<number>();
  private readonly ended = new Set<number>();
  private marks = new Map<string, number>();
  private readonly fences = new Map<string, number>();
  private readonly committed = new Map<string, number>();
  private readonly workers: Worker[] = [];
  private readonly pending: (() => void)[] = [];
  private generation = 0;

  constructor(readonly variant: FreshnessVariant) {
    for (let partition = 0; partition < PARTITIONS; partition++) this.own('router', partition);
    this.own('registry', 0);
    this.own('dispatcher', 0);
  }

  async step(kind: number, choice: number): Promise<void> {
    this.now++;
    const worker = this.workers[choice % this.workers.length]!;
    const acts = [
      () => this.acknowledge(choice),
      () => worker.fetch(this.input(worker.stage, worker.partition)),
      () => this.handleSome(worker, choice),
      () => this.look(worker),
      () => this.arrive(choice),
      () => this.mark(worker),
      () => this.commit(worker),
      () => this.replace(choice),
      () => this.catchUp(worker, choice),
    ];
    acts[kind % acts.length]!();
    for (let turn = 0; turn < 6; turn++) await Promise.resolve();
  }

  input(stage: Stage, partition: number): readonly number[] {
    return { router: this.received[partition]!, registry: this.events, dispatcher: this.states }[stage];
  }

  /** An answer with what holds when its request arrives, which is later. */
  later<T>(answer: () => T): Promise<T> {
    return new Promise((resolve) => {
      const arrive = () => {
        const value = answer();
        this.pending.push(() => resolve(value));
      };
      this.pending.push(arrive);
    });
  }

  asOf(stage: Stage): Promise<number | undefined> {
    if (stage === 'router') return this.later(() => this.now);
    const names = stage === 'dispatcher' ? ['registry/0'] : this.received.map((_, partition) => `router/${partition}`);
    return this.later(() => {
      const mark = this.variant.together(names.map((name) => this.marks.get(name) ?? NaN));
      return Number.isNaN(mark) ? undefined : mark;
    });
  }

  /** Some of what is under way arrives, in any order. */
  private arrive(choice: number): void {
    for (let some = 0; some < 6; some++) this.pending.splice(choice % (this.pending.length || 1), 1)[0]?.();
  }

  private acknowledge(choice: number): void {
    const id = this.acknowledgedAt.push(this.now) - 1;
    this.received[choice % PARTITIONS]!.push(id);
  }

  private handleSome(worker: Worker, choice: number): void {
    for (let some = choice % 7; some >= 0; some--) this.handle(worker, choice + some);
  }

  private catchUp(worker: Worker, choice: number): void {
    worker.fetch(this.input(worker.stage, worker.partition));
    while (worker.work.length > 0) this.handle(worker, choice);
    this.mark(worker);
  }

  /** Records end in any order. One in eight ends without an effect, a dead letter for example. */
  private handle({ stage, work }: Worker, choice: number): void {
    const [record] = work.splice(choice % (work.length || 1), 1);
    if (!record) return;
    if (stage === 'dispatcher') this.visible.add(record.id);
    else if (choice % 8 === 0) this.ended.add(record.id);
    else (stage === 'router' ? this.events : this.states).push(record.id);
    record.place.finish();
  }

  private look(worker: Worker): void {
    if (worker.isLooking) return;
    worker.isLooking = true;
    void worker.round.look().then(() => (worker.isLooking = false));
  }

  private mark({ stage, partition, watermark, round, fence }: Worker): void {
    const name = `${stage}/${partition}`;
    const moment = round.reach(partition, this.variant.endedBelow(watermark));
    if (moment === undefined || this.fences.get(name) !== fence || moment <= (this.marks.get(name) ?? -1)) return;
    this.marks.set(name, moment);
    if (stage === 'dispatcher') this.judge(moment);
  }

  /** The promise: whatever was acknowledged before the moment that the view is current as of shows in it. */
  private judge(asOf: number): void {
    this.views++;
    for (const [id, at] of this.acknowledgedAt.entries()) {
      if (at < asOf && !this.visible.has(id) && !this.ended.has(id)) {
        this.problems.push(`current as of ${asOf} at ${this.now}, without ${id} that was acknowledged at ${at}`);
      }
    }
  }

  private commit({ stage, partition, watermark, fence }: Worker): void {
    const name = `${stage}/${partition}`;
    if (this.fences.get(name) === fence) this.committed.set(name, watermark.value ?? 0);
  }

  /** A router partition gets another owner; the one before does not know yet. Or Redis is lost, with all marks. */
  private replace(choice: number): void {
    if (choice % 4 === 0) this.marks = new Map();
    else if (this.workers.length < 5) this.own('router', choice % PARTITIONS);
  }

  private own(stage: Stage, partition: number): void {
    const name = `${stage}/${partition}`;
    this.fences.set(name, ++this.generation);
    this.workers.push(new Worker(stage, partition, this.committed.get(name) ?? 0, this.generation, this));
  }
}
