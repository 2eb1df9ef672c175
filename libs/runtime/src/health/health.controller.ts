import { Controller, Get, Res, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Readiness } from './readiness.ts';

/** The two questions of an orchestrator. Answers have terminus' shape: status, info, error, details. */
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly readiness: Readiness,
  ) {}

  /**
   * Restart me? Never while the process can answer: a lost broker is not cured by a restart, and a process that is beyond
   * help (a crashed consumer, an uncaught error) ends itself.
   */
  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Give me work? 503 with the reasons when not. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    const checks = this.readiness.names.map((name) => async () => {
      const reason = await this.readiness.reason(name);
      const indicator = this.indicators.check(name);
      return reason === undefined ? indicator.up() : indicator.down(reason);
    });
    try {
      return await this.health.check(checks);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.code(503);
      return error.getResponse() as HealthCheckResult;
    }
  }
}
