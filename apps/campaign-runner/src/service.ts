import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { CampaignRunnerModule } from './app.module.ts';
import { SERVICE, type CampaignRunnerConfig } from './config.ts';

/** Starts the service. */
export function startCampaignRunner(config: CampaignRunnerConfig, log?: Log): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => CampaignRunnerModule.of(config),
    strategies: () => [],
    ...(log && { log }),
  });
}
