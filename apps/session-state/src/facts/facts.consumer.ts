import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent } from '@heliograph/contracts';
import { deadLetter, type Delivery, type Outcome } from '@heliograph/kafka';
import { isFact } from '../fold/facts.ts';
import { SessionsService } from '../sessions/sessions.service.ts';

/** What happened in conversations, from customers and providers and from our own dispatcher, and what did not in time. */
@Controller()
export class FactsConsumer {
  constructor(private readonly sessions: SessionsService) {}

  @EventPattern<string>(TOPICS.conversationInbound.name)
  inbound(@Payload() event: CloudEvent, @Ctx() delivery: Delivery): Promise<Outcome> {
    return this.fold(event, delivery);
  }

  @EventPattern<string>(TOPICS.conversationOutbound.name)
  outbound(@Payload() event: CloudEvent, @Ctx() delivery: Delivery): Promise<Outcome> {
    return this.fold(event, delivery);
  }

  @EventPattern<string>(TOPICS.conversationDeadline.name)
  deadline(@Payload() event: CloudEvent, @Ctx() delivery: Delivery): Promise<Outcome> {
    return this.fold(event, delivery);
  }

  @EventPattern<string>(TOPICS.conversationErasure.name)
  erasure(@Payload() event: CloudEvent, @Ctx() delivery: Delivery): Promise<Outcome> {
    return this.fold(event, delivery);
  }

  private async fold(event: CloudEvent, delivery: Delivery): Promise<Outcome> {
    if (!isFact(event)) return deadLetter(`"${event.type}" is not a fact this service folds`);
    return this.sessions.handle(event, delivery);
  }
}
