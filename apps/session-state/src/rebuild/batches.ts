/**
 * Collects items by key and hands them over in batches, each key's items in the order they came.
 *
 * @param size number of items that fills a batch
 */
export class Batches<T> {
  private items = new Map<string, T[]>();
  private count = 0;

  constructor(
    private readonly size: number,
    private readonly handle: (items: ReadonlyMap<string, readonly T[]>) => Promise<void>,
  ) {}

  async add(key: string, item: T): Promise<void> {
    const items = this.items.get(key);
    if (items) items.push(item);
    else this.items.set(key, [item]);
    if (++this.count >= this.size) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.count === 0) return;
    const { items } = this;
    this.items = new Map();
    this.count = 0;
    await this.handle(items);
  }
}
