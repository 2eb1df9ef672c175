/** What ended within so many milliseconds counts. */
const LATELY_MS = 2_000;
const SLOT_MS = 100;

interface Slot {
  readonly number: number;
  count: number;
}

/** How many messages have ended within the last two seconds, by whose they are. */
export class EndedLately {
  private readonly slots = new Map<string, Slot[]>();

  /** @param clock milliseconds */
  constructor(private readonly clock: () => number = () => performance.now()) {}

  /** @param of partition and sender */
  add(of: string, count = 1): void {
    const slots = this.present(of);
    const number = Math.floor(this.clock() / SLOT_MS);
    const last = slots.at(-1);
    if (last?.number === number) last.count += count;
    else slots.push({ number, count });
    this.slots.set(of, slots);
  }

  count(of: string): number {
    return this.present(of).reduce((sum, { count }) => sum + count, 0);
  }

  private present(of: string): Slot[] {
    const oldest = Math.floor((this.clock() - LATELY_MS) / SLOT_MS);
    const slots = (this.slots.get(of) ?? []).filter(({ number }) => number > oldest);
    if (slots.length === 0) this.slots.delete(of);
    return slots;
  }
}
