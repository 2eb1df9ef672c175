import { EventEmitter, once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Module, NotFoundException, Post } from '@nestjs/common';
import { BaseConfig } from '../config/base-config.ts';
import { Readiness } from '../health/readiness.ts';
import { Log } from '../log/log.ts';
import { currentTraceparent } from '../tracing.ts';
import { runService, type RunningService } from './run-service.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const JSON_TYPE = { 'content-type': 'application/json' };

let kafka: string | undefined;
let lines: Record<string, unknown>[];
let logged: EventEmitter;
let running: RunningService;

@Controller()
class SampleController {
  constructor(readiness: Readiness) {
    readiness.register('kafka', () => kafka);
    readiness.register('redis', async () => undefined);
  }

  @Get('missing')
  missing(): never {
    throw new NotFoundException('no such message');
  }

  @Get('broken')
  broken(): never {
    throw new Error('the secret inside');
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    const isBuffer = Buffer.isBuffer(body);
    return { isBuffer, text: isBuffer ? body.toString() : body, trace: currentTraceparent() };
  }
}

@Module({ controllers: [SampleController] })
class SampleModule {}

async function start(options: { rawBody?: boolean; bodyLimitBytes?: number } = {}): Promise<void> {
  const write = (line: string): void => {
    const entry = JSON.parse(line) as Record<string, unknown>;
    lines.push(entry);
    logged.emit(String(entry.msg), entry);
  };
  const log = Log.open({ service: 'sample', destination: { write } });
  running = await runService({ name: 'sample', config: new BaseConfig(), module: () => SampleModule, log, ...options });
}

beforeEach(() => {
  kafka = undefined;
  lines = [];
  logged = new EventEmitter();
});
afterEach(() => running.stop());

const call = (path: string, init?: RequestInit): Promise<Response> => fetch(`${running.address}${path}`, init);

describe('a running service', () => {
  it('says once that it is ready, and where', async () => {
    await start();
    expect(running.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(lines.filter((line) => line.msg === 'ready')).toMatchObject([
      { service: 'sample', address: running.address },
    ]);
    expect(lines.find((line) => line.msg === 'starting')).toMatchObject({ config: { PORT: 0 } });
  });

  it('says that it is ready only when every check is content, and until then what it waits for', async () => {
    kafka = 'not joined';
    await start();
    expect(lines.some((line) => line.msg === 'ready')).toBe(false);
    expect(lines.find((line) => line.msg === 'not ready yet')).toMatchObject({ problems: { kafka: 'not joined' } });
    const ready = once(logged, 'ready');
    kafka = undefined;
    expect(await ready).toMatchObject([{ address: running.address }]);
  });

  it('is alive, and answers 503 with the reasons while a check fails', async () => {
    await start();
    expect((await call('/health/ready')).status).toBe(200);
    kafka = 'no partitions assigned';
    const response = await call('/health/ready');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'error',
      error: { kafka: { status: 'down', message: 'no partitions assigned' } },
      info: { redis: { status: 'up' }, service: { status: 'up' } },
    });
    expect((await call('/health/live')).status).toBe(200);
  });

  it('shows the process metrics and its own in Prometheus format', async () => {
    await start();
    await call('/missing');
    const response = await call('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toContain('process_resident_memory_bytes');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
    expect(text).toMatch(/heliograph_http_request_seconds_count\{method="GET",route="\/missing",status="404"\} \d/);
  });

  it('runs a handler under the trace of its request, also after a body was read', async () => {
    await start();
    const headers = { ...JSON_TYPE, traceparent: TRACEPARENT };
    const given = await call('/echo', { method: 'POST', body: '{}', headers });
    expect(await given.json()).toMatchObject({ trace: TRACEPARENT });
    const fresh = await call('/echo', { method: 'POST', body: '{}', headers: JSON_TYPE });
    expect(await fresh.json()).toMatchObject({ trace: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/) });
  });
});

describe('errors over HTTP', () => {
  it.each([
    ['/missing', 404, 'no such message'],
    ['/nowhere', 404, 'Cannot GET /nowhere'],
    ['/broken', 500, 'an internal error occurred'],
  ])('GET %s gets %i with the common body', async (path, statusCode, message) => {
    await start();
    const response = await call(path);
    expect(response.status).toBe(statusCode);
    expect(await response.json()).toEqual({ statusCode, error: expect.any(String), message, details: [] });
  });

  it.each([
    ['malformed JSON', '{"a":', 'application/json', 400],
    ['a body over the limit', JSON.stringify('x'.repeat(2000)), 'application/json', 413],
    ['an unknown media type', 'x', 'application/x-unknown', 415],
  ])('%s is refused with the common body', async (_title, body, type, statusCode) => {
    await start({ bodyLimitBytes: 1000 });
    const response = await call('/echo', { method: 'POST', body, headers: { 'content-type': type } });
    expect(response.status).toBe(statusCode);
    const texts = { error: expect.any(String), message: expect.any(String) };
    expect(await response.json()).toEqual({ statusCode, ...texts, details: [] });
  });

  it('a failure inside is logged with its route and reason', async () => {
    await start();
    await call('/broken');
    expect(lines.find((line) => line.msg === 'request failed')).toMatchObject({
      level: 'error',
      route: '/broken',
      err: { message: 'the secret inside' },
    });
  });
});

describe('a service with raw bodies', () => {
  it.each(['application/json', 'application/x-www-form-urlencoded', 'text/plain', undefined])(
    'hands the bytes of a body of type %s to the handler as they came',
    async (type) => {
      await start({ rawBody: true });
      const text = '{"broken json": +1';
      expect(await postBytes(`${running.address}/echo`, text, type)).toMatchObject({ isBuffer: true, text });
    },
  );

  it('keeps the body limit', async () => {
    await start({ rawBody: true, bodyLimitBytes: 10 });
    expect((await call('/echo', { method: 'POST', body: 'x'.repeat(11) })).status).toBe(413);
  });
});

/** Unlike fetch, sends no content type when none is given. */
async function postBytes(url: string, text: string, type: string | undefined): Promise<unknown> {
  const headers = { 'content-length': Buffer.byteLength(text), ...(type !== undefined && { 'content-type': type }) };
  const request = httpRequest(url, { method: 'POST', headers });
  request.end(text);
  const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
}
