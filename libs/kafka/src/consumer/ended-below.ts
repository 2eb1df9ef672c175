import type { PartitionWork } from './partition-work.ts';
import type { SourceRecord } from './record-source.ts';

/** Whether a record that has not ended concerns the asker. @param record undefined for those of a lane that is parked */
export type Concerns = (key: string, record: SourceRecord | undefined) => boolean;

/** How far a partition is, and under which fence. */
export interface Ended {
  /** Everything below it that this member has seen has ended; undefined when it has seen nothing yet. */
  readonly offset: number | undefined;
  readonly fence: string;
}

/**
 * How far an input is with what concerns the asker: done, skipped or dead-lettered. A record that waits, is in work or is parked
 * has not ended. For records that do not concern him nothing is waited for.
 *
 * @returns undefined while nothing can be said: the partition is not admitted, or something of it is parked
 */
export function endedBelow(work: PartitionWork | undefined, topic: string, concerns: Concerns): Ended | undefined {
  if (!work?.admitted) return undefined;
  for (const { parked, key } of work.lanes.values()) if (parked && concerns(key, undefined)) return undefined;
  const watermark = work.inputs.get(topic)?.watermark;
  const unfinished = watermark?.lowestOf(({ key, record }) => key === undefined || concerns(key, record));
  const seen = watermark?.value === undefined ? undefined : watermark.end;
  return { offset: unfinished?.offset ?? seen, fence: work.fence };
}
