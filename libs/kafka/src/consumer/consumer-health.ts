import type { PartitionWork } from './partition-work.ts';

const SILENT_MS = 30_000;

/** Whether a consumer is fit for work, from what it notes here. Lanes that wait, and parked ones, do not count against it. */
export class ConsumerHealth {
  private joined = false;
  private lastHeartbeat = 0;
  /** When a handler last ended, or began while none ran. */
  private lastMovement = Date.now();
  private crash: Error | undefined;

  /** @param stuckAfterMs handlers run, but none has ended for so long: not ready any more */
  constructor(private readonly stuckAfterMs: number) {}

  hasJoined(): void {
    this.joined = true;
  }

  heartbeat(): void {
    this.lastHeartbeat = Date.now();
  }

  movement(): void {
    this.lastMovement = Date.now();
  }

  crashed(error: Error): void {
    this.crash = error;
  }

  /** Why the consumer is not ready; undefined when it is. */
  problem(running: number, works: Iterable<PartitionWork>): string | undefined {
    if (this.crash) return `crashed: ${this.crash.message}`;
    if (!this.joined) return 'has not joined its group yet';
    const silent = Date.now() - this.lastHeartbeat;
    if (this.lastHeartbeat > 0 && silent > SILENT_MS) return `no heartbeat for ${Math.round(silent / 1000)} s`;
    const still = Date.now() - this.lastMovement;
    if (running > 0 && still > this.stuckAfterMs) {
      return `no progress for ${Math.round(still / 1000)} s with ${running} records in work`;
    }
    const waiting = [...works].filter((work) => !work.admitted);
    if (waiting.length === 0) return undefined;
    return `partitions not admitted: ${waiting.map((work) => `${work.partition} (${work.problem})`).join(', ')}`;
  }
}
