import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent, type TimelineEntry } from '@heliograph/contracts';
import type { Outcome } from '@heliograph/kafka';
import { TimelineService } from './timeline.service.ts';

@Controller()
export class TimelineConsumer {
  constructor(private readonly timeline: TimelineService) {}

  @EventPattern<string>(TOPICS.conversationTimeline.name)
  handle(@Payload() event: CloudEvent<TimelineEntry>): Promise<Outcome> {
    return this.timeline.write(event.data);
  }
}
