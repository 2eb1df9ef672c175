import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent } from '@heliograph/contracts';
import type { Delivery, Outcome } from '@heliograph/kafka';
import type { CampaignAsked } from '../fold/fold-order.ts';
import { CampaignsService } from './campaigns.service.ts';

/** What people and programs ask of campaigns. */
@Controller()
export class OrdersConsumer {
  constructor(private readonly campaigns: CampaignsService) {}

  @EventPattern<string>(TOPICS.campaignOrder.name)
  asked(@Payload() event: CloudEvent, @Ctx() delivery: Delivery): Promise<Outcome> {
    return this.campaigns.handle(event as CloudEvent<CampaignAsked>, delivery);
  }
}
