import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent, type TimelineEntry } from '@heliograph/contracts';
import type { Delivery, Outcome } from '@heliograph/kafka';
import { CountingService } from './counting.service.ts';

/** What became of messages, as the timeline tells it. */
@Controller()
export class TimelineConsumer {
  constructor(private readonly counting: CountingService) {}

  @EventPattern<string>(TOPICS.conversationTimeline.name)
  entry(@Payload() event: CloudEvent, @Ctx() delivery: Delivery): Promise<Outcome> {
    return this.counting.handle(event as CloudEvent<TimelineEntry>, delivery);
  }
}
