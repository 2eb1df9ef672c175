import { profileOf, type Profile } from '@heliograph/providers';
import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { DispatcherModule } from './app.module.ts';
import { commandServer } from './commands/command-server.ts';
import { SERVICE, type DispatcherConfig } from './config.ts';

/** Starts the service. @param profileNamed the provider profiles there are */
export function startDispatcher(
  config: DispatcherConfig,
  log?: Log,
  profileNamed: (name: string) => Profile | undefined = profileOf,
): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => DispatcherModule.of(config, profileNamed),
    strategies: (app) => [commandServer(app, config)],
    ...(log && { log }),
  });
}
