import { acceptJsonOnly, serveOpenApi } from '@heliograph/http-api';
import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { API_PAGE } from './api/api-page.ts';
import { TemplateRegistryModule } from './app.module.ts';
import { SERVICE, type TemplateRegistryConfig } from './config.ts';

/** 2,000 files of 8 KiB. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;

/** Starts the service. */
export function startTemplateRegistry(config: TemplateRegistryConfig, log?: Log): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => TemplateRegistryModule.of(config),
    bodyLimitBytes: BODY_LIMIT_BYTES,
    rawBody: true,
    configure: (app) => {
      acceptJsonOnly(app.getHttpAdapter().getInstance());
      serveOpenApi(app, [TemplateRegistryModule], API_PAGE);
    },
    ...(log && { log }),
  });
}
