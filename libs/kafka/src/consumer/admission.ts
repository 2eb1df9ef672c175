import type { PartitionGate } from '../partition-gate.ts';
import type { PartitionWork } from './partition-work.ts';

export interface AdmissionOptions {
  readonly gate: PartitionGate;
  /** What must be known of a partition before its lanes run, under the fence that was just raised. May throw to be asked again. */
  readonly prepare: (work: PartitionWork) => Promise<void>;
  /** Its lanes may run. */
  readonly onAdmitted: (work: PartitionWork) => void;
  readonly event: (message: string, fields: Record<string, unknown>) => void;
}

/** Admits partitions: after a heartbeat has proven the generation, and again after every loss of the fence. */
export class Admission {
  private generation: number | undefined;

  constructor(private readonly options: AdmissionOptions) {}

  /** The group was joined anew; which generation it is, the next heartbeat tells. */
  joined(): void {
    this.generation = undefined;
  }

  heartbeat(generation: number, works: Iterable<PartitionWork>): void {
    this.generation = generation;
    for (const work of works) {
      if (work.admitted || work.admitting || --work.heartbeatsToWait > 0) continue;
      void this.admit(work, generation);
    }
  }

  suspend(work: PartitionWork | undefined, reason: string): void {
    if (!work?.admitted) return;
    // Two: only the second heartbeat is certain to have begun after the refusal.
    work.suspend(reason, 2);
    this.options.event('partition suspended', { partition: work.partition, reason });
  }

  private async admit(work: PartitionWork, generation: number): Promise<void> {
    work.admitting = true;
    try {
      const fence = await this.options.gate.admit(work.partition, generation);
      await this.options.prepare(work);
      if (work.closed || this.generation !== generation) return;
      work.fence = fence;
      work.admitted = true;
      work.commitHeld = false;
      this.options.onAdmitted(work);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!work.closed) work.suspend(reason, 2);
      this.options.event('partition not admitted', { partition: work.partition, reason });
    } finally {
      work.admitting = false;
      // An assignment came in between: the next heartbeat asks again under its generation.
      if (!work.admitted && work.heartbeatsToWait <= 0) work.heartbeatsToWait = 1;
    }
  }
}
