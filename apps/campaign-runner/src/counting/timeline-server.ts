import type { INestApplication } from '@nestjs/common';
import { CAMPAIGN_GROUP } from '@heliograph/campaigns';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, LaneServer } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import type { CampaignRunnerConfig } from '../config.ts';
import { Expander } from '../expansion/expander.ts';
import { PartitionRebuild } from '../rebuild/partition-rebuild.ts';

/** Of the consumers' phase of the shutdown: to commit and leave the group. */
const LEAVING_MS = 1_000;

/** The consumer of the timeline. Whose partition it is there expands the campaigns of that partition, under the same fence. */
export function timelineServer(app: INestApplication, config: CampaignRunnerConfig): LaneServer {
  const rebuild = app.get(PartitionRebuild);
  const expander = app.get(Expander);
  const fences = new FencedGate(app.get(RedisClient), {
    group: CAMPAIGN_GROUP,
    rebuild: (partition, generation) => rebuild.run(partition, generation),
  });
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: CAMPAIGN_GROUP,
    topics: [TOPICS.conversationTimeline],
    gate: {
      admit: async (partition, generation) => {
        const token = await fences.admit(partition, generation);
        expander.owns(partition, token);
        return token;
      },
    },
    publisher: app.get(EventPublisher),
    log: app.get(Log),
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - LEAVING_MS,
    onCrash: fatal,
  });
  expander.start((partition) => server.consumer.fenceLost(partition));
  app.get(Readiness).register('timeline', () => server.consumer.problem());
  return server;
}
