import type { SimulatedProcess } from './simulated-process.ts';
import type { SimulatedTopics, WrittenRecord } from './simulated-topics.ts';
import type { Fault, Simulation } from './simulation.ts';

/** A record on its way, as libs/kafka's publisher hands it to its sender. */
interface Outgoing {
  readonly name: string;
  readonly partition: number;
  readonly message: WrittenRecord;
  readonly publication: { isDue(): boolean; acknowledge(): void };
  acknowledged: boolean;
}

/** How long a try of a publish lasts at most, milliseconds. */
const TRY_MS = 2_000;

/**
 * Tries batches of a process on simulated topics. A try that is given up has arrived by then or not at all, as a cut
 * connection has it; requests and answers may be lost.
 */
export class SimulatedSender {
  private losing: 'request' | 'answer' | undefined;
  private isSlow = false;
  private cut: { readonly ms: number; readonly meanwhile: () => void } | undefined;

  constructor(
    private readonly simulation: Simulation,
    private readonly topics: SimulatedTopics,
    private readonly process: SimulatedProcess,
  ) {}

  send(batch: readonly Outgoing[]): Promise<never[]> {
    const end = this.simulation.now + TRY_MS;
    let over = false;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        over = true;
        reject(new Error(`no answer within ${TRY_MS} ms`));
      }, TRY_MS);
      const done = () => {
        clearTimeout(timer);
        resolve([]);
      };
      const leaves = () => {
        if (!over) this.leave(batch, Math.max(end, this.simulation.now), done);
      };
      this.add(`${this.process.name} looks at the deadline and publishes`, leaves, { owner: this.process });
    });
  }

  async close(): Promise<void> {}

  faults(): Fault[] {
    if (this.losing || this.isSlow) return [];
    const losses = (['request', 'answer'] as const).map((what) => ({
      kind: `publish without ${what}`,
      label: `the next publish of ${this.process.name} loses its ${what}`,
      weight: 0.5,
      run: () => this.lose(what),
    }));
    const slow = () => void (this.isSlow = true);
    return [
      ...losses,
      {
        kind: 'slow publish',
        label: `the next publish of ${this.process.name} is long on its way`,
        weight: 0.5,
        run: slow,
      },
    ];
  }

  /** From its next publish on the process cannot reach Kafka for a while, and something happens meanwhile. */
  cutOff(ms: number, meanwhile: () => void): void {
    this.cut = { ms, meanwhile };
  }

  lose(what: 'request' | 'answer'): void {
    this.losing = what;
  }

  private leave(batch: readonly Outgoing[], latest: number, done: () => void): void {
    if (this.cut) {
      this.process.cutOffUntil = this.simulation.now + this.cut.ms;
      this.cut.meanwhile();
      this.cut = undefined;
    }
    const due = batch.filter(({ acknowledged, publication }) => !acknowledged && publication.isDue());
    const parts = new Map<string, Outgoing[]>();
    for (const record of due) {
      const place = `${record.name}/${record.partition}`;
      parts.set(place, [...(parts.get(place) ?? []), record]);
    }
    const { isSlow } = this;
    this.isSlow = false;
    let open = parts.size;
    if (open === 0) return done();
    for (const [place, records] of parts) {
      this.add(`a publish of ${this.process.name} to ${place} arrives`, () => this.arrive(records, answered), {
        notBefore: isSlow ? latest : 0,
        latest,
        waiting: this.process,
      });
    }
    const answered = () => {
      if (--open === 0) done();
    };
  }

  private arrive(records: readonly Outgoing[], answered: () => void): void {
    if (this.simulation.now < this.process.cutOffUntil) return;
    const { losing } = this;
    this.losing = undefined;
    if (losing === 'request') return;
    for (const { name, partition, message } of records) this.topics.append(name, partition, message);
    if (losing === 'answer') return;
    this.add(`${this.process.name} learns that it has published`, () => acknowledge(records, answered), {
      owner: this.process,
    });
  }

  private add(
    label: string,
    run: () => void,
    where: { owner?: SimulatedProcess; waiting?: SimulatedProcess; notBefore?: number; latest?: number },
  ): void {
    this.simulation.add(label, run, where);
  }
}

function acknowledge(records: readonly Outgoing[], answered: () => void): void {
  for (const record of records) {
    record.acknowledged = true;
    record.publication.acknowledge();
  }
  answered();
}
