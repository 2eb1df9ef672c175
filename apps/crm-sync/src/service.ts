import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { CrmSyncModule } from './app.module.ts';
import { consentServer } from './consent/consent-server.ts';
import { SERVICE, type CrmSyncConfig } from './config.ts';
import { timelineServer } from './timeline/timeline-server.ts';

/** Starts the service. */
export function startCrmSync(config: CrmSyncConfig, log?: Log): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => CrmSyncModule.of(config),
    strategies: (app) => [timelineServer(app, config), consentServer(app, config)],
    ...(log && { log }),
  });
}
