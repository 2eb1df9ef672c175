import type { PartitionWork } from './partition-work.ts';

/** How far a partition is, and under which fence. */
export interface Ended {
  /** Everything below it that this member has seen has ended; undefined when it has seen nothing yet. */
  readonly offset: number | undefined;
  readonly fence: string;
}

/**
 * How far an input is with what concerns the asker: done, skipped or dead-lettered. A record that waits, is in work or is parked
 * has not ended. Of keys that do not concern him nothing is waited for.
 *
 * @returns undefined while nothing can be said: the partition is not admitted, or something of it is parked
 */
export function endedBelow(
  work: PartitionWork | undefined,
  topic: string,
  concerns: (key: string) => boolean,
): Ended | undefined {
  if (!work?.admitted) return undefined;
  for (const { parked, key } of work.lanes.values()) if (parked && concerns(key)) return undefined;
  const watermark = work.inputs.get(topic)?.watermark;
  const unfinished = watermark?.lowestOf(({ key }) => key === undefined || concerns(key));
  const seen = watermark?.value === undefined ? undefined : watermark.end;
  return { offset: unfinished?.offset ?? seen, fence: work.fence };
}
