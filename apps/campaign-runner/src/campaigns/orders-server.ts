import type { INestApplication } from '@nestjs/common';
import { TOPICS } from '@heliograph/contracts';
import { EventPublisher, Kafka, LaneServer } from '@heliograph/kafka';
import { FencedGate, RedisClient } from '@heliograph/redis';
import { fatal, Log, phaseMs, Readiness } from '@heliograph/runtime';
import { ORDERS_GROUP, type CampaignRunnerConfig } from '../config.ts';
import { CampaignRebuild } from './campaign-rebuild.ts';
import { CampaignTicker } from './campaign-ticker.ts';
import { OwnedPartitions } from './owned-partitions.ts';

/** Of the consumers' phase of the shutdown: to commit and leave the group. */
const LEAVING_MS = 1_000;

/** Consumes what is asked of campaigns: one lane per campaign, run under the fence of its partition. */
export function ordersServer(app: INestApplication, config: CampaignRunnerConfig): LaneServer {
  const rebuild = app.get(CampaignRebuild);
  const owned = app.get(OwnedPartitions);
  const ticker = app.get(CampaignTicker);
  const fences = new FencedGate(app.get(RedisClient), {
    group: ORDERS_GROUP,
    rebuild: (partition, generation) => rebuild.run(partition, generation),
  });
  const server = new LaneServer({
    kafka: app.get(Kafka),
    group: ORDERS_GROUP,
    topics: [TOPICS.campaignOrder],
    gate: {
      admit: async (partition, generation) => {
        const fence = await fences.admit(partition, generation);
        owned.admitted({ partition, fence });
        ticker.soon();
        return fence;
      },
    },
    publisher: app.get(EventPublisher),
    log: app.get(Log),
    drainMs: phaseMs('consumers', config.shutdownGraceMs) - LEAVING_MS,
    onCrash: fatal,
  });
  owned.whenLost((partition) => server.consumer.fenceLost(partition));
  app.get(Readiness).register('campaign-orders', () => server.consumer.problem());
  return server;
}
