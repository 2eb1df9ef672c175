import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { BaseConfig } from '../config/base-config.ts';
import { describeConfig } from '../config/describe-config.ts';
import { Readiness } from '../health/readiness.ts';
import { ErrorFilter } from '../http/error.filter.ts';
import { acceptRawBodies, createAdapter } from '../http/fastify.ts';
import { RequestGate } from '../http/request-gate.ts';
import { Log } from '../log/log.ts';
import { NestLog } from '../log/nest-log.ts';
import { openLog } from '../log/open-log.ts';
import { collectProcessMetrics } from '../metrics.ts';
import { announceReady } from './announce-ready.ts';
import { withDeadline } from './deadline.ts';
import { followProcess } from './process-events.ts';
import { useAsProcessLog } from './process-log.ts';
import { ServiceModule } from './service.module.ts';
import { runPhases, type Phase } from './stop-phases.ts';

export interface ServiceOptions<C extends BaseConfig> {
  readonly name: string;
  readonly config: C;
  readonly module: (config: C) => Type | DynamicModule;
  /** Consumers of the service. They listen after HTTP does, and close first. */
  readonly strategies?: (app: NestFastifyApplication) => CustomTransportStrategy[];
  /** Last changes to the application before it is initialised, for example an API page. */
  readonly configure?: (app: NestFastifyApplication) => void | Promise<void>;
  /** Largest accepted request body; 1 MiB when absent. Larger ones get 413. */
  readonly bodyLimitBytes?: number;
  /** It has routes that take their bodies as streams (`STREAMED`). */
  readonly streams?: true;
  /** Handlers get every body as the Buffer that came, unparsed. */
  readonly rawBody?: boolean;
  /** Instead of a log by the configuration on standard output. */
  readonly log?: Log;
}

export interface RunningService {
  readonly app: NestFastifyApplication;
  /** `http://host:port` where the service listens. */
  readonly address: string;
  /**
   * Stops in phases (see `PHASE_SHARES`); further calls wait for the same stop.
   *
   * @throws Error when a phase failed or overran; everything else has been closed nevertheless
   */
  stop(): Promise<void>;
}

/** Time to give back what was opened before a start failed. */
const FAILED_START_CLOSE_MS = 2000;

/**
 * Starts a service: HTTP with health, metrics and its controllers, then its consumers. Resolves when it listens; the log
 * line `ready` with the address follows as soon as every readiness check is content. Stops on SIGTERM and SIGINT.
 *
 * @throws what kept it from starting, after closing what had been opened
 */
export async function runService<C extends BaseConfig>(options: ServiceOptions<C>): Promise<RunningService> {
  const { name: service, config } = options;
  const log = options.log ?? (await openLog({ service, level: config.logLevel, format: config.logFormat }));
  useAsProcessLog(log);
  log.info({ config: describeConfig(config) }, 'starting');
  collectProcessMetrics();
  let running: RunningService | undefined;
  // A signal before the end of the start finds nothing in work, so the process just ends.
  const unfollow = followProcess(async () => running?.stop(), config.shutdownGraceMs, log);
  try {
    const started = await start(options, log);
    running = { ...started, stop: once(() => started.stop().finally(unfollow)) };
    return running;
  } catch (error) {
    unfollow();
    throw error;
  }
}

async function start<C extends BaseConfig>(options: ServiceOptions<C>, log: Log): Promise<RunningService> {
  const app = await createApp(options, log);
  const gate = new RequestGate(app.getHttpAdapter().getInstance());
  const readiness = app.get(Readiness);
  let strategies: CustomTransportStrategy[] = [];
  try {
    await options.configure?.(app);
    strategies = connectStrategies(app, options);
    await app.listen(options.config.port, options.config.host);
    await app.startAllMicroservices();
  } catch (error) {
    await withDeadline(app.close(), FAILED_START_CLOSE_MS, 'closing').catch(() => undefined);
    throw error;
  }
  const address = await app.getUrl();
  readiness.started();
  const stopAnnouncing = await announceReady(readiness, address, log);
  const stop = async (): Promise<void> => {
    stopAnnouncing();
    readiness.stopping();
    const phases: Phase[] = [
      {
        name: 'consumers',
        run: () => Promise.all(strategies.map(async (strategy): Promise<unknown> => strategy.close())),
      },
      { name: 'requests', run: () => gate.drain() },
      { name: 'clients', run: () => app.close() },
    ];
    if (!(await runPhases(phases, options.config.shutdownGraceMs, log))) throw new Error('did not stop cleanly');
    log.info('stopped');
  };
  return { app, address, stop };
}

async function createApp<C extends BaseConfig>(options: ServiceOptions<C>, log: Log): Promise<NestFastifyApplication> {
  const adapter = createAdapter({ bodyLimitBytes: options.bodyLimitBytes, streams: options.streams ? {} : undefined });
  const module = ServiceModule.of(log, options.module(options.config));
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLog(log),
    abortOnError: false,
    bodyParser: !options.rawBody,
  });
  if (options.rawBody) acceptRawBodies(adapter.getInstance());
  // Consumers take over the filters that exist when they are connected, so this comes first.
  app.useGlobalFilters(new ErrorFilter(log));
  return app;
}

function connectStrategies<C extends BaseConfig>(
  app: NestFastifyApplication,
  options: ServiceOptions<C>,
): CustomTransportStrategy[] {
  const strategies = options.strategies?.(app) ?? [];
  for (const strategy of strategies) {
    // Nest closes consumers once more, after HTTP; by then the phases have closed them.
    strategy.close = once(strategy.close.bind(strategy) as () => unknown);
    app.connectMicroservice({ strategy }, { inheritAppConfig: true });
  }
  return strategies;
}

function once<T>(fn: () => T): () => T {
  let result: { readonly value: T } | undefined;
  return () => (result ??= { value: fn() }).value;
}
