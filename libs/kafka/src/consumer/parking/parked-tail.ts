import type { ParkedStore, VisitCopy } from './parked-store.ts';

/**
 * Reads a parked partition once, from what the group committed, and stays at its end: told that there is more, it reads on.
 * Every copy is visited, in order, whoever wrote it.
 */
export class ParkedTail {
  private next: number | undefined;
  private end = 0;
  private reading: Promise<void> = Promise.resolve();
  private isReading = false;

  constructor(
    private readonly store: ParkedStore,
    readonly input: string,
    private readonly partition: number,
    private readonly visit: VisitCopy,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Reads to the end as of now. @throws Unavailable; the next call goes on where this one stopped */
  catchUp(): Promise<void> {
    const read = this.reading.then(() => this.readOn());
    this.reading = read.catch(() => undefined);
    return read;
  }

  /** There are copies up to this offset. Before the first {@link catchUp} that does not matter: it finds them. */
  hasReached(end: number): void {
    this.end = Math.max(this.end, end);
    this.follow();
  }

  /** A copy was written, somewhere behind what was read. Mostly the source announces it before this is noticed. */
  hasGrown(): void {
    if (this.next !== undefined) this.hasReached(this.next + 1);
  }

  /** Reads on when it is behind; called from time to time, so that a failed read is repeated. */
  follow(): void {
    if (this.next === undefined || this.isReading || this.end <= this.next) return;
    this.isReading = true;
    const before = this.next;
    this.catchUp()
      .catch(this.onError)
      .finally(() => {
        this.isReading = false;
        if (this.next !== before) this.follow();
      });
  }

  /** Resolves when no read is under way. */
  idle(): Promise<void> {
    return this.reading;
  }

  private async readOn(): Promise<void> {
    this.next = await this.store.read(this.input, this.partition, this.next ?? 'committed', this.visit);
  }
}
