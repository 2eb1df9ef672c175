import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { runService, type Log, type RunningService } from '@heliograph/runtime';
import type { FastifyInstance } from 'fastify';
import { IngressModule } from './app.module.ts';
import { SERVICE, type IngressConfig } from './config.ts';

/** Starts the service. */
export function startIngress(config: IngressConfig, log?: Log): Promise<RunningService> {
  return runService({
    name: SERVICE,
    config,
    module: () => IngressModule.of(config),
    rawBody: true,
    configure: leaveBodiesUnread,
    ...(log && { log }),
  });
}

/** Bodies stay in their stream until the webhook service reads them, within its own limits of size, time and memory. */
function leaveBodiesUnread(app: NestFastifyApplication): void {
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _payload, done) => done(null, undefined));
}
