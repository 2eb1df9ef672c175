import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent, type ContactErased } from '@heliograph/contracts';
import { done, type Delivery, type Outcome } from '@heliograph/kafka';
import { MappingErasure } from './mapping-erasure.ts';

/** Contacts that are to be erased. */
@Controller()
export class ErasureConsumer {
  constructor(private readonly mappings: MappingErasure) {}

  @EventPattern<string>(TOPICS.conversationErasure.name)
  async handle(@Payload() event: CloudEvent<ContactErased>, @Ctx() delivery: Delivery): Promise<Outcome> {
    await this.mappings.erase(event.data, delivery);
    return done;
  }
}
