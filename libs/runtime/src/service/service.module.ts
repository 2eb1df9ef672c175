import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from '../health/health.controller.ts';
import { Readiness } from '../health/readiness.ts';
import { MetricsController } from '../http/metrics.controller.ts';
import { Log } from '../log/log.ts';

/** What every service has: `Log` and `Readiness` to inject anywhere, health and metrics over HTTP, and its own module. */
@Global()
@Module({})
export class ServiceModule {
  static of(log: Log, own: Type | DynamicModule): DynamicModule {
    return {
      module: ServiceModule,
      imports: [TerminusModule.forRoot({ logger: false }), own],
      controllers: [HealthController, MetricsController],
      providers: [{ provide: Log, useValue: log }, Readiness],
      exports: [Log, Readiness],
    };
  }
}
