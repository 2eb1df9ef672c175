import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { register } from 'prom-client';

@Controller('metrics')
export class MetricsController {
  /** The default registry in Prometheus' text format. */
  @Get()
  async metrics(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.header('content-type', register.contentType);
    return register.metrics();
  }
}
