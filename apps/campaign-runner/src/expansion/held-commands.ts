import { decodeEvent, TOPICS, type SendMessage, type TimelineEntry } from '@heliograph/contracts';
import type { PartitionFetcher } from '@heliograph/kafka';
import type { HeldPlace } from './expansion.store.ts';

/** A held message and its command. */
export interface HeldCommand extends HeldPlace {
  readonly command: SendMessage;
}

/**
 * Finds the commands of held messages where they were said to be held: on the timeline, which has them word for word, those that came
 * from another conversation among them.
 */
export class HeldCommands {
  constructor(private readonly fetcher: Pick<PartitionFetcher, 'fetch'>) {}

  /** @returns those that were found: one whose record is no longer kept is left out. @throws Unavailable */
  async read(partition: number, places: readonly HeldPlace[]): Promise<HeldCommand[]> {
    const found: HeldCommand[] = [];
    const wanted = new Map(places.map((place) => [place.offset, place]));
    const offsets = [...wanted.keys()].sort((a, b) => a - b);
    for (let index = 0; index < offsets.length;) {
      const { records, next } = await this.fetcher.fetch(partition, offsets[index]!);
      for (const record of records) {
        const place = wanted.get(record.offset);
        const command = place && commandOf(record);
        if (command?.messageId === place?.messageId && place && command) found.push({ ...place, command });
      }
      while (index < offsets.length && offsets[index]! < next) index++;
      if (records.length === 0) break;
    }
    return found;
  }
}

function commandOf(record: Parameters<typeof decodeEvent>[1]): SendMessage | undefined {
  const decoded = decodeEvent(TOPICS.conversationTimeline.name, record);
  return decoded.ok ? ((decoded.event.data as TimelineEntry).fact['command'] as SendMessage | undefined) : undefined;
}
