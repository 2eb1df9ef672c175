import type { SimulatedGroup } from './simulated-group.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { StoredRecord } from './simulated-topics.ts';

interface Named {
  readonly name: string;
}

interface ReadOptions {
  readonly from?: 'beginning' | number;
  readonly visit: (record: StoredRecord) => unknown;
}

/** What a process reads of simulated topics outside its group: libs/kafka's port of rebuilds. */
export class SimulatedReader {
  constructor(
    private readonly group: SimulatedGroup,
    private readonly process: SimulatedProcess,
  ) {}

  /** Up to the end as it is when the read reaches the broker. */
  async read(
    { name }: Named,
    partition: number,
    { from = 'beginning', visit }: ReadOptions,
  ): Promise<{ next: number; records: number }> {
    const first = from === 'beginning' ? 0 : from;
    const records = await this.ask(`reads ${name}/${partition} from ${first}`, () =>
      this.group.topics.log(name, partition).slice(first),
    );
    for (const record of records) await visit(record);
    return { next: first + records.length, records: records.length };
  }

  committed(_group: string, { name }: Named, partition: number): Promise<number | undefined> {
    return this.ask(`asks what is committed of ${name}/${partition}`, () =>
      this.group.committed.get(`${name}/${partition}`),
    );
  }

  private ask<T>(what: string, answer: () => T): Promise<T> {
    const { simulation } = this.group;
    return new Promise((resolve) => {
      simulation.add(`${this.process.name} ${what}`, () => {
        const told = answer();
        simulation.add(`${this.process.name} is told what it asked`, () => resolve(told), { owner: this.process });
      });
    });
  }
}
