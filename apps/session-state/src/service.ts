import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { SessionStateModule } from './app.module.ts';
import { SERVICE, type SessionStateConfig } from './config.ts';
import { factServer } from './facts/fact-server.ts';

/** Starts the service. */
export function startSessionState(config: SessionStateConfig, log?: Log): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => SessionStateModule.of(config),
    strategies: (app) => [factServer(app, config)],
    ...(log && { log }),
  });
}
