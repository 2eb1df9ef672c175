import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { TOPICS, type CloudEvent, type TimelineEntry } from '@heliograph/contracts';
import type { Delivery } from '@heliograph/kafka';
import { metrics } from '../metrics.ts';
import { TimelineStore } from './timeline.store.ts';

/** Keeps the timeline index up with the topic. */
@Controller()
export class TimelineConsumer {
  constructor(private readonly timelines: TimelineStore) {}

  @EventPattern<string>(TOPICS.conversationTimeline.name)
  async handle(@Payload() event: CloudEvent<TimelineEntry>, @Ctx() delivery: Delivery): Promise<void> {
    await this.timelines.append(delivery.partition, delivery.fence, event.data);
    metrics.indexed.inc({ source: 'live' });
  }
}
