import { ERASED, EVENTS, factId, type ContactErased, type ConversationMapped } from '@heliograph/contracts';
import { newEvent, type Delivery, type EventPublisher, type OutgoingEvent } from '@heliograph/kafka';
import type { MappingRebuild } from '../mapping/mapping-rebuild.ts';
import type { MappingStore } from '../mapping/mapping.store.ts';

/**
 * Takes the address out of every mapping of a conversation. The mapping stays: what the provider still tells of its conversation
 * has to find ours, which by then has no contact.
 */
export class MappingErasure {
  /** @param partitions of the mapping topic */
  constructor(
    private readonly mapping: MappingStore,
    private readonly rebuild: MappingRebuild,
    private readonly publisher: EventPublisher,
    private readonly partitions: number,
  ) {}

  /** @throws Unavailable; repeating is safe */
  async erase({ conversationId }: ContactErased, cause: Delivery): Promise<void> {
    for (let partition = 0; partition < this.partitions; partition++) {
      await this.rebuild.ensure(partition);
      const naming = await this.mapping.namingContact(partition, conversationId);
      if (naming.length === 0) continue;
      const mapped = naming.map(({ key, parties }) => {
        const providerConversationId = key.slice(`${parties.tenant}/${parties.account}/`.length);
        return { key, data: { ...parties, contact: ERASED, providerConversationId, at: cause.event.time } };
      });
      await this.publisher.publish(mapped.map(({ key, data }) => erasedMapping(key, data, cause)));
      await this.mapping.put(mapped.map(({ data }) => data));
    }
    this.mapping.forgetFound();
  }
}

function erasedMapping(key: string, data: ConversationMapped, cause: Delivery): OutgoingEvent {
  const { tenant, conversationId: subject, at: time } = data;
  const id = factId(`${key}/erased/${cause.event.id}`);
  const parts = { id, key, data, tenant, subject, time, source: '/heliograph/dedup-router', cause };
  return { contract: EVENTS.conversationMapped, event: newEvent(EVENTS.conversationMapped, parts) };
}
