import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent, type ConsentChange } from '@heliograph/contracts';
import type { Delivery, Outcome } from '@heliograph/kafka';
import { ConsentService } from './consent.service.ts';

/** What is asked for about contacts' consent: by conversations, providers, the CRM, people and programs. */
@Controller()
export class ConsentConsumer {
  constructor(private readonly consent: ConsentService) {}

  @EventPattern<string>(TOPICS.consentCommand.name)
  change(@Payload() event: CloudEvent, @Ctx() delivery: Delivery): Promise<Outcome> {
    return this.consent.handle(event as CloudEvent<ConsentChange>, delivery);
  }
}
