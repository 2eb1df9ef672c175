/** Something that is in one heap at most. */
export abstract class HeapItem {
  heap: Heap<never> | undefined;
  place = -1;

  leave(): void {
    (this.heap as Heap<this> | undefined)?.remove(this);
  }
}

/** A binary heap whose items know their place, so that any of them can leave, or change its rank, in O(log n). */
export class Heap<T extends HeapItem> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    item.heap = this as unknown as Heap<never>;
    this.#items.push(item);
    this.#up(item, this.#items.length - 1);
  }

  /** Only for an item of this heap. */
  remove(item: T): void {
    const { place } = item;
    const last = this.#items.pop()!;
    item.heap = undefined;
    item.place = -1;
    if (last === item) return;
    this.#put(last, place);
    this.moved(last);
  }

  /** The rank of an item of this heap has changed. */
  moved(item: T): void {
    this.#up(item, item.place);
    this.#down(item, item.place);
  }

  #up(item: T, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!this.#before(item, this.#items[above]!)) break;
      this.#put(this.#items[above]!, place);
      place = above;
    }
    this.#put(item, place);
  }

  #down(item: T, from: number): void {
    let place = from;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.#items.length) break;
      if (below + 1 < this.#items.length && this.#before(this.#items[below + 1]!, this.#items[below]!)) below++;
      if (!this.#before(this.#items[below]!, item)) break;
      this.#put(this.#items[below]!, place);
      place = below;
    }
    this.#put(item, place);
  }

  #put(item: T, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }
}
