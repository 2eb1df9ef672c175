import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { CampaignRunnerModule } from './app.module.ts';
import { ordersServer } from './campaigns/orders-server.ts';
import { SERVICE, type CampaignRunnerConfig } from './config.ts';
import { timelineServer } from './counting/timeline-server.ts';

/** Starts the service. @param clock of what time does to campaigns, milliseconds */
export function startCampaignRunner(
  config: CampaignRunnerConfig,
  log?: Log,
  clock: () => number = Date.now,
): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => CampaignRunnerModule.of(config, clock),
    strategies: (app) => [ordersServer(app, config), timelineServer(app, config)],
    ...(log && { log }),
  });
}
