import { FenceLost, Unavailable, type Log } from '@heliograph/runtime';
import type { PartitionExpansion } from './partition-expansion.ts';

export interface ExpanderOptions {
  readonly expansion: Pick<PartitionExpansion, 'round' | 'leave'>;
  /** Milliseconds between two rounds. */
  readonly everyMs: number;
  readonly log: Pick<Log, 'warn'>;
}

/**
 * Expands campaigns in the partitions that this replica owns, a round of each at a time. Each round begins under the fence, so it also
 * notices that Redis was lost while nobody is heard of.
 */
export class Expander {
  private readonly owned = new Map<number, string>();
  private readonly busy = new Map<number, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ExpanderOptions) {}

  /** The partition was admitted under this fence. */
  owns(partition: number, token: string): void {
    this.options.expansion.leave(partition);
    this.owned.set(partition, token);
  }

  /** @param fenceLost has the partition admitted anew; one that belongs to somebody else by now is left alone by that */
  start(fenceLost: (partition: number) => void): void {
    this.timer = setInterval(() => {
      for (const [partition, token] of this.owned) this.begin(partition, token, fenceLost);
    }, this.options.everyMs);
  }

  /** Waits for the rounds that are under way. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.owned.clear();
    await Promise.all(this.busy.values());
  }

  private begin(partition: number, token: string, fenceLost: (partition: number) => void): void {
    if (this.busy.has(partition)) return;
    const running = this.round(partition, token, fenceLost).finally(() => this.busy.delete(partition));
    this.busy.set(partition, running);
  }

  private async round(partition: number, token: string, fenceLost: (partition: number) => void): Promise<void> {
    const { expansion, log } = this.options;
    try {
      await expansion.round(partition, token);
    } catch (error) {
      expansion.leave(partition);
      if (error instanceof Unavailable) return;
      if (!(error instanceof FenceLost)) {
        const reason = error instanceof Error ? error.message : String(error);
        return log.warn({ partition, reason }, 'a round of campaigns failed; it is tried again');
      }
      // Only if nobody has admitted it anew meanwhile.
      if (this.owned.get(partition) !== token) return;
      this.owned.delete(partition);
      fenceLost(partition);
    }
  }
}
