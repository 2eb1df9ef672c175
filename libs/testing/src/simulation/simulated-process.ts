/** One life of a process: what a crash ends. */
export class SimulatedProcess {
  alive = true;
  frozen = false;
  /** Nothing that it sends reaches Kafka before, milliseconds since the simulation began. */
  cutOffUntil = 0;

  /**
   * @param clockOffsetMs how far its wall clock is off
   * @param startedAtMs where its `performance.now()` stood when the simulation began
   */
  constructor(
    readonly name: string,
    readonly clockOffsetMs = 0,
    readonly startedAtMs = 0,
  ) {}

  get running(): boolean {
    return this.alive && !this.frozen;
  }
}
