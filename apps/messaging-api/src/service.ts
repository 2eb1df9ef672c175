import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { acceptJsonOnly, acceptStreams, serveOpenApi } from '@heliograph/http-api';
import { runService, type Log, type RunningService } from '@heliograph/runtime';
import { MessagingApiModule } from './app.module.ts';
import { SERVICE, type MessagingApiConfig } from './config.ts';
import { API_PAGE } from './openapi/api-page.ts';
import { timelineServer } from './timeline/timeline-server.ts';

/** A message of 4000 characters with everything around it fits several times. */
const BODY_LIMIT_BYTES = 64 * 1024;

/** Starts the service. */
export function startMessagingApi(config: MessagingApiConfig, log?: Log): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => MessagingApiModule.of(config),
    bodyLimitBytes: BODY_LIMIT_BYTES,
    rawBody: true,
    streams: true,
    configure: (app) => {
      acceptJsonOnly(app.getHttpAdapter().getInstance());
      acceptStreams(app.getHttpAdapter().getInstance());
      serveOpenApi(app, [MessagingApiModule], API_PAGE);
    },
    strategies: (app: NestFastifyApplication) => [timelineServer(app)],
    ...(log && { log }),
  });
}
