import { EVENTS, type SessionSnapshot } from '@heliograph/contracts';
import { newEvent, type EventPublisher, type OutgoingEvent } from '@heliograph/kafka';
import { FenceLost } from '@heliograph/runtime';
import { SERVICE } from '../config.ts';
import { nextDeadline, passedDeadlines, type PassedDeadline, type StageDeadlines } from '../fold/deadline/deadlines.ts';
import { metrics } from '../metrics.ts';
import type { DeadlineStore, Due } from './deadline.store.ts';

export interface SweeperOptions {
  readonly store: DeadlineStore;
  readonly publisher: EventPublisher;
  readonly deadlines: StageDeadlines;
  /** Milliseconds; the same as the fold's. */
  readonly clock: () => number;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  /** Milliseconds for which a new partition is left alone, until it is known how many facts wait in it. */
  readonly settleMs: number;
  readonly log: { warn(fields: Record<string, unknown>, message: string): void };
}

/** What the consumer says of a partition. */
export interface PartitionWatch {
  /** Facts wait to be folded: what they say may be that a deadline was kept. */
  isBehind(partition: number): boolean;
  fenceLost(partition: number): void;
}

/** Conversations of one look at a partition. */
const MOST_PER_LOOK = 500;
/** A deadline that was published is folded long before; a fold that finds the state moved on writes no new deadline. */
const LOOK_AGAIN_MS = 30_000;

/**
 * Finds deadlines that have passed in the partitions that this process owns, and puts each as a fact into the lane of its
 * conversation, where it takes its turn: the fold decides whether it still means anything. Found twice, it is the same fact.
 */
export class DeadlineSweeper {
  private readonly owned = new Map<number, { readonly token: string; readonly from: number }>();
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: SweeperOptions) {}

  /** The partition was admitted under this fence, and everything that Redis has to know of it is there. */
  owns(partition: number, token: string): void {
    this.owned.set(partition, { token, from: performance.now() + this.options.settleMs });
  }

  start(watch: PartitionWatch): void {
    const again = (): void => {
      this.timer = setTimeout(() => {
        this.running = this.sweepAll(watch).finally(() => this.timer && again());
      }, this.options.everyMs);
    };
    again();
  }

  /** Waits for the look that is under way. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.running;
  }

  private async sweepAll(watch: PartitionWatch): Promise<void> {
    for (const [partition, { token, from }] of this.owned) {
      if (performance.now() < from || watch.isBehind(partition)) continue;
      try {
        await this.sweep(partition, token);
      } catch (error) {
        metrics.sweepFailures.inc();
        if (error instanceof FenceLost) {
          if (this.owned.get(partition)?.token === token) this.owned.delete(partition);
          watch.fenceLost(partition);
        }
        const reason = error instanceof Error ? error.message : String(error);
        this.options.log.warn({ partition, reason }, 'deadlines not looked at, trying again');
      }
    }
  }

  /** @throws FenceLost, Unavailable */
  private async sweep(partition: number, token: string): Promise<void> {
    const { store, clock } = this.options;
    const now = clock();
    const due = await store.due({ partition, group: SERVICE, token }, now, MOST_PER_LOOK);
    if (due.length === 0) return;
    const states = await store.states(partition, due);
    const passed = states.map((state) => (state ? passedDeadlines(state, this.options.deadlines, now) : []));
    await this.publish(passed.flat());
    await store.postpone(partition, due, this.nextLooks(due, states, passed, now));
  }

  private async publish(passed: readonly PassedDeadline[]): Promise<void> {
    const contract = EVENTS.deadlinePassed;
    const events = passed.map(({ id, data }): OutgoingEvent => {
      const { conversationId: key, tenant, account } = data;
      const parts = { id, key, data, tenant, subject: key, extensions: { account }, source: `/heliograph/${SERVICE}` };
      return { contract, event: newEvent(contract, parts) };
    });
    await this.options.publisher.publish(events);
    for (const { data } of passed) metrics.deadlines.inc({ deadline: data.deadline });
  }

  private nextLooks(
    due: readonly Due[],
    states: readonly (SessionSnapshot | undefined)[],
    passed: readonly (readonly PassedDeadline[])[],
    now: number,
  ): (number | undefined)[] {
    return due.map((_, index) => {
      const state = states[index];
      if (!state) return undefined;
      return passed[index]!.length > 0 ? now + LOOK_AGAIN_MS : nextDeadline(state, this.options.deadlines);
    });
  }
}
