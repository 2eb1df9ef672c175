import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { EVENTS, TOPICS, type CloudEvent, type ConsentChanged } from '@heliograph/contracts';
import { skip, type Delivery, type Outcome } from '@heliograph/kafka';
import { CrmClient } from '../crm/crm-client.ts';
import { outcomeOf } from '../crm/outcome.ts';
import { doNotContactOf } from './do-not-contact.ts';

/** What contacts have said, into the CRM at once: who may not be written to is to be seen by whoever looks. */
@Controller()
export class ConsentConsumer {
  constructor(private readonly crm: CrmClient) {}

  @EventPattern<string>(TOPICS.consentEvent.name)
  async handle(@Payload() event: CloudEvent, @Ctx() _delivery: Delivery): Promise<Outcome> {
    if (event.type !== EVENTS.consentChanged.type) return skip('changes nothing of where the contact stands');
    return outcomeOf(await this.crm.put(doNotContactOf(event.data as ConsentChanged, event.id)));
  }
}
