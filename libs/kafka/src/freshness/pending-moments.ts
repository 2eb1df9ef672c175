/** A moment, and where a partition ended when it was asked after that moment. */
interface Pending<M> {
  readonly moment: M;
  readonly end: number;
}

/** At 200 ms each more than ten seconds of lag; further moments are left out until one of these is reached. */
const MOST = 64;

/**
 * Moments of one partition that are not reached yet. A moment is reached when everything before the end that goes with it has
 * ended. Moments and ends are noted as they grow, so whoever reaches one has reached all before it.
 */
export class PendingMoments<M> {
  private readonly pending: Pending<M>[] = [];

  /** @param end asked for after the moment: what was there at the moment is before it */
  note(moment: M, end: number): void {
    if (this.pending.length < MOST) this.pending.push({ moment, end });
  }

  /** Takes the latest moment out that is reached, with all before it; undefined when none is. */
  reach(endedBelow: number): M | undefined {
    let reached: M | undefined;
    while (this.pending[0] && this.pending[0].end <= endedBelow) reached = this.pending.shift()!.moment;
    return reached;
  }

  get isEmpty(): boolean {
    return this.pending.length === 0;
  }
}
