import { RESUME_BELOW } from '../back-pressure.ts';
import type { InputLimits } from '../input-progress.ts';
import type { Lane } from '../lane.ts';
import type { PartitionWork } from '../partition-work.ts';
import type { ParkedStore } from './parked-store.ts';

export interface ReliefOptions {
  readonly store: Pick<ParkedStore, 'leadsTo'>;
  readonly limits: InputLimits;
  /** Milliseconds the first record of a lane must have waited. */
  readonly afterMs: number;
}

/**
 * The lanes to be parked so that a paused input can go on: of those that have waited long enough the ones that hold the lowest
 * offsets, as many as it takes to come below the load at which it resumes.
 */
export function lanesToPark(work: PartitionWork, topic: string, { store, limits, afterMs }: ReliefOptions): Lane[] {
  const input = work.input(topic);
  if (!input.paused) return [];
  let records = input.records - limits.records * RESUME_BELOW;
  let bytes = input.bytes - limits.bytes * RESUME_BELOW;
  const watermark = input.watermark.end - limits.distance * RESUME_BELOW;
  const chosen: Lane[] = [];
  for (const lane of waitingSince(Date.now() - afterMs, work, topic)) {
    const { offset, source } = lane.queue.first!;
    if (records < 0 && bytes < 0 && offset >= watermark) break;
    if (!store.leadsTo(work.partition, topic, source.key)) continue;
    records -= lane.queue.length;
    bytes -= lane.queue.length * source.bytes;
    chosen.push(lane);
  }
  return chosen;
}

function waitingSince(moment: number, work: PartitionWork, topic: string): Lane[] {
  const found: Lane[] = [];
  for (const lane of work.lanes.values()) {
    const { first } = lane.queue;
    if (lane.state !== 'waiting' || lane.unparkable || lane.wait?.cause === undefined || !first) continue;
    // What waits as a copy is parked already.
    if (!first.isCopy && first.topic === topic && first.waitedSince <= moment) found.push(lane);
  }
  return found.sort((a, b) => a.queue.first!.offset - b.queue.first!.offset);
}
