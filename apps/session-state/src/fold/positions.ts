/** Where a fact was read: the logical topic and the offset in the conversation's partition. */
export interface Position {
  readonly topic: string;
  readonly offset: string;
}

/** Whether the fold is already past this position: what comes again below it changes nothing. */
export function isApplied(applied: Readonly<Record<string, string>>, { topic, offset }: Position): boolean {
  const highest = applied[topic];
  return highest !== undefined && BigInt(offset) <= BigInt(highest);
}

/** Reads `topic/partition/offset`; undefined when it is none. */
export function positionOf(origin: string): Position | undefined {
  const [, topic, offset] = /^([^/]+)\/\d+\/(\d+)$/.exec(origin) ?? [];
  return topic !== undefined && offset !== undefined ? { topic, offset } : undefined;
}
