import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { afterEach, describe, expect, it } from '@jest/globals';

const fixture = (name: string): string => new URL(`../../fixtures/${name}.mjs`, import.meta.url).pathname;
const SETTINGS = { KAFKA_BROKERS: '127.0.0.1:9092', REDIS_URL: 'redis://user:geheim@127.0.0.1:6379' };

type Line = Record<string, unknown>;

let child: ChildProcess | undefined;

/** A service as its own process, from the built library (`nx run runtime:build`). */
class Process {
  readonly lines: Line[] = [];
  errors = '';
  readonly ended: Promise<number | null>;
  private readonly output: Interface;

  constructor(env: Record<string, string>, service = 'tiny-service') {
    const started = spawn(process.execPath, [fixture(service)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    this.output = createInterface(started.stdout);
    this.output.on('line', (line) => this.lines.push(JSON.parse(line) as Line));
    started.stderr.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
    this.ended = once(started, 'close').then(([code]) => code as number | null);
  }

  async line(message: string): Promise<Line> {
    for (;;) {
      const found = this.lines.find((line) => line.msg === message);
      if (found) return found;
      const more = await Promise.race([once(this.output, 'line'), this.ended]);
      if (!Array.isArray(more)) throw new Error(`ended with ${more} before "${message}": ${this.errors}`);
    }
  }
}

afterEach(() => {
  if (child?.exitCode === null) child.kill('SIGKILL');
});

describe('a service process', () => {
  it('ends with 1 and one line that names all problems when its configuration is bad', async () => {
    const service = new Process({ KAFKA_BROKERS: 'nowhere', PORT: '99999' });
    expect(await service.ended).toBe(1);
    expect(service.errors).toBe('');
    expect(service.lines).toHaveLength(1);
    expect(service.lines[0]).toMatchObject({ level: 'fatal', msg: expect.stringContaining('cannot start') });
    expect(service.lines[0]?.problems).toEqual(
      expect.arrayContaining([
        { name: 'KAFKA_BROKERS', reason: 'must be host:port, comma separated' },
        { name: 'PORT', reason: 'must not be greater than 65535' },
        { name: 'REDIS_URL', reason: 'is not set' },
      ]),
    );
  });

  it('ends with 1 and the reason when its port is taken', async () => {
    const first = new Process(SETTINGS);
    const holder = child;
    const { address } = await first.line('ready');
    const second = new Process({ ...SETTINGS, PORT: new URL(String(address)).port });
    expect(await second.ended).toBe(1);
    expect(second.lines.at(-1)).toMatchObject({ level: 'fatal', msg: expect.stringContaining('EADDRINUSE') });
    holder?.kill('SIGTERM');
    await first.ended;
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly and ends with 0 on %s', async (signal) => {
    const service = new Process(SETTINGS);
    const { address } = await service.line('ready');
    expect((await fetch(`${String(address)}/health/ready`)).status).toBe(200);
    child?.kill(signal);
    child?.kill(signal);
    expect(await service.ended).toBe(0);
    expect(service.lines.slice(-2)).toMatchObject([{ msg: 'stopping', signal }, { msg: 'stopped' }]);
    expect(service.errors).toBe('');
  });

  it('shows no secret in its output', async () => {
    const service = new Process(SETTINGS);
    const ready = await service.line('ready');
    expect((await fetch(`${String(ready.address)}/metrics`)).status).toBe(200);
    expect(JSON.stringify(service.lines)).not.toContain('geheim');
    child?.kill('SIGTERM');
    await service.ended;
  });

  it('ends with 1 within its grace time when a consumer does not drain', async () => {
    const service = new Process({ SHUTDOWN_GRACE_MS: '1000' }, 'troubled-service');
    await service.line('ready');
    child?.kill('SIGTERM');
    expect(await service.ended).toBe(1);
    expect(await service.line('phase of the stop given up')).toMatchObject({ phase: 'consumers' });
  });

  it.each([
    ['a crashed consumer', 'SIGUSR2', 'consumer crashed'],
    ['an error nobody caught', 'SIGWINCH', 'nobody caught this'],
  ] as const)('ends with 1 and the reason on %s', async (_title, signal, reason) => {
    const service = new Process({}, 'troubled-service');
    await service.line('ready');
    child?.kill(signal);
    expect(await service.ended).toBe(1);
    expect(service.lines.at(-1)).toMatchObject({ level: 'fatal', msg: reason });
  });
});
