import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { TemplateRegistryModule } from './app.module.ts';
import { SERVICE, type TemplateRegistryConfig } from './config.ts';

/** Starts the service. */
export function startTemplateRegistry(config: TemplateRegistryConfig, log?: Log): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => TemplateRegistryModule.of(config),
    ...(log && { log }),
  });
}
