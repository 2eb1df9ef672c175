import type { PartitionWork } from './partition-work.ts';
import type { CommitOffset, RecordSource } from './record-source.ts';

export interface CommitterOptions {
  readonly source: Pick<RecordSource, 'commit'>;
  readonly works: ReadonlyMap<number, PartitionWork>;
  readonly intervalMs: number;
  readonly onRefused: (reason: string) => void;
}

/**
 * Commits the watermark of every input that has moved: on a timer, and whenever asked. Partitions whose present fence is not
 * proven yet are left out. One commit at a time; what changed while one was under way goes with the next.
 */
export class Committer {
  private timer: NodeJS.Timeout | undefined;
  private committing: Promise<void> = Promise.resolve();

  constructor(private readonly options: CommitterOptions) {}

  start(): void {
    this.timer = setInterval(() => void this.commit(), this.options.intervalMs);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  commit(): Promise<void> {
    this.committing = this.committing.then(() => this.commitNow());
    return this.committing;
  }

  private async commitNow(): Promise<void> {
    const offsets: CommitOffset[] = [];
    const acknowledged: (() => void)[] = [];
    for (const work of this.options.works.values()) {
      if (work.commitHeld) continue;
      for (const [topic, input] of work.inputs) {
        const offset = input.watermark.value;
        if (offset === undefined || offset === input.committed) continue;
        offsets.push({ topic, partition: work.partition, offset });
        acknowledged.push(() => (input.committed = offset));
      }
    }
    if (offsets.length === 0) return;
    try {
      await this.options.source.commit(offsets);
      for (const acknowledge of acknowledged) acknowledge();
    } catch (error) {
      this.options.onRefused(error instanceof Error ? error.message : String(error));
    }
  }
}
