import { beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, type OnModuleDestroy } from '@nestjs/common';
import { EventPattern, Payload, Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import { BaseConfig } from '../config/base-config.ts';
import { Retryable } from '../errors.ts';
import { Log } from '../log/log.ts';
import { runService, type RunningService } from './run-service.ts';

/** What happened, in order, as the parts of the service themselves saw it. */
let order: string[];
let running: RunningService;
let requestArrived: Latch;
let finishRequest: Latch;

class Latch {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

class ProbeStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('probe');
  override readonly propagatesEventHandlerErrors = true;
  readonly drained = new Latch();

  constructor(private readonly failure?: Error) {
    super();
  }

  listen(callback: (error?: Error) => void): void {
    order.push('consumer starts');
    callback(this.failure);
  }

  async close(): Promise<void> {
    if (!this.failure) order.push(`readiness ${(await call('/health/ready')).status}`);
    order.push('consumer drained');
    this.drained.open();
  }

  async deliver(topic: string, event: unknown): Promise<unknown> {
    const result: unknown = await this.messageHandlers.get(topic)!(event, {});
    return isObservable(result) ? lastValueFrom(result) : result;
  }

  override on(): never {
    throw new Error('not used');
  }

  override unwrap(): never {
    throw new Error('not used');
  }
}

@Controller()
class SampleController implements OnModuleDestroy {
  @Get('slow')
  async slow(): Promise<string> {
    requestArrived.open();
    await finishRequest.opened;
    order.push('request answered');
    return 'done';
  }

  @EventPattern('sample.v1')
  handle(@Payload() event: { fail: boolean }): string {
    if (event.fail) throw new Retryable('once more');
    return 'handled';
  }

  onModuleDestroy(): void {
    order.push('client closed');
  }
}

@Module({ controllers: [SampleController] })
class SampleModule {}

const call = (path: string): Promise<Response> => fetch(`${running.address}${path}`);

function start(strategy: ProbeStrategy): Promise<RunningService> {
  return runService({
    name: 'sample',
    config: new BaseConfig(),
    module: () => SampleModule,
    strategies: () => [strategy],
    log: Log.open({ service: 'sample', level: 'silent' }),
  });
}

beforeEach(() => {
  order = [];
  requestArrived = new Latch();
  finishRequest = new Latch();
});

describe('a consumer of a running service', () => {
  it('gets the original error of its handler, not a text in its place', async () => {
    const strategy = new ProbeStrategy();
    running = await start(strategy);
    await expect(strategy.deliver('sample.v1', { fail: false })).resolves.toBe('handled');
    await expect(strategy.deliver('sample.v1', { fail: true })).rejects.toBeInstanceOf(Retryable);
    await running.stop();
  });
});

describe('stopping', () => {
  it('turns readiness off, drains consumers, answers requests, closes clients, then HTTP', async () => {
    const strategy = new ProbeStrategy();
    running = await start(strategy);
    running.app.getHttpServer().once('close', () => order.push('HTTP closed'));
    const answer = call('/slow').then((response) => response.text());
    await requestArrived.opened;
    void strategy.drained.opened.then(finishRequest.open);
    await running.stop();
    expect(await answer).toBe('done');
    expect(order).toEqual([
      'consumer starts',
      'readiness 503',
      'consumer drained',
      'request answered',
      'client closed',
      'HTTP closed',
    ]);
    await expect(call('/health/live')).rejects.toThrow();
  });

  it('refuses new requests while the last ones are answered, and goes on answering probes', async () => {
    const strategy = new ProbeStrategy();
    running = await start(strategy);
    const answer = call('/slow').then((response) => response.text());
    await requestArrived.opened;
    const stopped = running.stop();
    await strategy.drained.opened;
    const refused = await call('/unknown');
    expect(refused.status).toBe(503);
    expect(refused.headers.get('connection')).toBe('close');
    expect(await refused.json()).toMatchObject({ statusCode: 503, message: 'the service is stopping', details: [] });
    expect((await call('/health/live')).status).toBe(200);
    finishRequest.open();
    expect(await answer).toBe('done');
    await stopped;
  });

  it('happens once, however often it is asked for', async () => {
    running = await start(new ProbeStrategy());
    await Promise.all([running.stop(), running.stop()]);
    await running.stop();
    expect(order.filter((entry) => entry === 'consumer drained')).toHaveLength(1);
    expect(order.filter((entry) => entry === 'client closed')).toHaveLength(1);
  });

  it('leaves no listener of the process behind', async () => {
    const before = process.listenerCount('SIGTERM');
    running = await start(new ProbeStrategy());
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    await running.stop();
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});

describe('a service whose consumer cannot start', () => {
  it('closes what it had opened and rejects with the reason', async () => {
    await expect(start(new ProbeStrategy(new Error('a topic without a handler')))).rejects.toThrow(
      'a topic without a handler',
    );
    expect(order).toEqual(['consumer starts', 'client closed', 'consumer drained']);
  });
});
