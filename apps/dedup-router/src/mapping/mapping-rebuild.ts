import { decodeEvent, TOPICS, type ConversationMapped } from '@heliograph/contracts';
import { readPartition, type Kafka } from '@heliograph/kafka';
import type { MappingStore } from './mapping.store.ts';

/** Reads one partition of `conversation.mapping` whole into Redis: at the first start and after Redis was lost. */
export function mappingRebuild(kafka: Kafka, mapping: MappingStore) {
  return async (partition: number): Promise<void> => {
    const mapped: ConversationMapped[] = [];
    await readPartition(kafka, TOPICS.conversationMapping, partition, {
      visit: (record) => {
        const decoded = decodeEvent(TOPICS.conversationMapping.name, record);
        if (decoded.ok) mapped.push(decoded.event.data as ConversationMapped);
      },
    });
    for (let i = 0; i < mapped.length; i += 500) {
      await Promise.all(mapped.slice(i, i + 500).map((entry) => mapping.put(entry)));
    }
    await mapping.markRebuilt(partition);
  };
}
