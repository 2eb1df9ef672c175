import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { SessionStateModule } from './app.module.ts';
import { consentServer } from './consent/consent-server.ts';
import { SERVICE, type SessionStateConfig } from './config.ts';
import { factServer } from './facts/fact-server.ts';

/** Starts the service. @param clock of folds and deadlines, milliseconds */
export function startSessionState(
  config: SessionStateConfig,
  log?: Log,
  clock: () => number = Date.now,
): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => SessionStateModule.of(config, clock),
    strategies: (app) => [factServer(app, config), consentServer(app, config)],
    ...(log && { log }),
  });
}
