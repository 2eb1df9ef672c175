import { isDeepStrictEqual } from 'node:util';

/** A row as it is served: its fields, and when it came first among its table's rows. */
export type Row<T> = T & {
  readonly externalId: string;
  /** 1, 2, 3 … by first arrival; an update keeps its place. */
  readonly arrival: number;
  /** 1 for a new row; counts every PUT that changed something. */
  readonly revision: number;
  /** PUTs that changed nothing. */
  readonly repeats: number;
};

/** Rows by the caller's id: putting the same twice is putting it once. */
export class CrmTable<T extends object> {
  readonly #rows = new Map<string, { fields: T; arrival: number; revision: number; repeats: number }>();
  #arrived = 0;

  get size(): number {
    return this.#rows.size;
  }

  has(externalId: string): boolean {
    return this.#rows.has(externalId);
  }

  find(externalId: string): Row<T> | undefined {
    const row = this.#rows.get(externalId);
    return row && { externalId, ...row.fields, arrival: row.arrival, revision: row.revision, repeats: row.repeats };
  }

  /** Replaces the fields of a known row. */
  put(externalId: string, fields: T): { row: Row<T>; created: boolean } {
    const row = this.#rows.get(externalId);
    if (!row) this.#rows.set(externalId, { fields, arrival: ++this.#arrived, revision: 1, repeats: 0 });
    else if (isDeepStrictEqual(row.fields, fields)) row.repeats++;
    else Object.assign(row, { fields, revision: row.revision + 1 });
    return { row: this.find(externalId) as Row<T>, created: row === undefined };
  }

  /** @returns whether it was there */
  removeOne(externalId: string): boolean {
    return this.#rows.delete(externalId);
  }

  /** Takes rows away. @returns their fields */
  remove(matches: (fields: T) => boolean): T[] {
    const removed: T[] = [];
    for (const [externalId, { fields }] of this.#rows) {
      if (!matches(fields)) continue;
      this.#rows.delete(externalId);
      removed.push(fields);
    }
    return removed;
  }

  /** Those that match, in order of first arrival. */
  list(matches: (fields: T) => boolean): Row<T>[] {
    const found: Row<T>[] = [];
    for (const [externalId, { fields }] of this.#rows) {
      if (matches(fields)) found.push(this.find(externalId) as Row<T>);
    }
    return found;
  }
}
