import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent, type ConversationMapped } from '@heliograph/contracts';
import { done, type Outcome } from '@heliograph/kafka';
import { MappingStore } from './mapping.store.ts';

/** Keeps the working set in Redis in step with the topic: what the dispatcher and other replicas map is learned here. */
@Controller()
export class MappingConsumer {
  constructor(private readonly mapping: MappingStore) {}

  @EventPattern<string>(TOPICS.conversationMapping.name)
  async handle(@Payload() event: CloudEvent<ConversationMapped>): Promise<Outcome> {
    await this.mapping.put([event.data]);
    return done;
  }
}
