import type { INestApplication } from '@nestjs/common';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, LaneServer } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import { fatal, Log } from '@heliograph/runtime';
import { rebuildAllTimelines, rebuildTimelines } from './timeline-rebuild.ts';
import { TIMELINE_GROUP, TimelineStore } from './timeline.store.ts';

/**
 * The consumer behind the timeline index. It is no part of readiness: sending goes on while the index is behind or is
 * being rebuilt.
 */
export function timelineServer(app: INestApplication): LaneServer {
  const kafka = app.get(Kafka);
  const timelines = app.get(TimelineStore);
  const redis = app.get(RedisClient);
  const log = app.get(Log);
  redis.on('lost', () => void rebuildAllTimelines(kafka, timelines, log));
  return new LaneServer({
    kafka,
    group: TIMELINE_GROUP,
    topics: [TOPICS.conversationTimeline],
    gate: new FencedGate(redis, {
      group: TIMELINE_GROUP,
      rebuild: (partition) => rebuildTimelines(kafka, timelines, partition),
    }),
    publisher: app.get(EventPublisher),
    log,
    onCrash: fatal,
  });
}
