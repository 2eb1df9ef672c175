import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { RouterModule } from './app.module.ts';
import { SERVICE, type RouterConfig } from './config.ts';
import { erasureServer } from './erasure/erasure-server.ts';
import { mappingServer } from './mapping/mapping-server.ts';
import { webhookServer } from './webhooks/webhook-server.ts';

/** Starts the service. */
export function startRouter(config: RouterConfig, log?: Log): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => RouterModule.of(config),
    strategies: (app) => [mappingServer(app, config), webhookServer(app, config), erasureServer(app, config)],
    ...(log && { log }),
  });
}
