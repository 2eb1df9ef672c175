import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { DispatcherModule } from './app.module.ts';
import { commandServer } from './commands/command-server.ts';
import { SERVICE, type DispatcherConfig } from './config.ts';

/** Starts the service. */
export function startDispatcher(config: DispatcherConfig, log?: Log): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => DispatcherModule.of(config),
    strategies: (app) => [commandServer(app, config)],
    ...(log && { log }),
  });
}
