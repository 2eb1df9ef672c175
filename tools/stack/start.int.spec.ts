import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { testKafkaBrokers, waitFor } from '@heliograph/testing';
import type { Stack } from './stack-file.ts';
import { TemporaryWorkspace } from './temporary-workspace.ts';

/** One run of `tools/start.ts` and what it printed. */
class Start {
  output = '';
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown[]>;
  readonly #workspace: TemporaryWorkspace;

  constructor(workspace: TemporaryWorkspace, { args = [] as string[], kafka = testKafkaBrokers().join() } = {}) {
    this.#workspace = workspace;
    const env = { ...process.env, HELIOGRAPH_BROKERS: 'local', KAFKA_BROKERS: kafka, NODE_OPTIONS: '' };
    this.#child = spawn(process.execPath, ['tools/start.ts', '--no-demo', ...args], { cwd: workspace.folder, env });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.#exit = once(this.#child, 'exit');
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  async up(): Promise<Stack> {
    await waitFor(() => this.output.includes('Up. Ctrl-C'), {
      description: 'the stack is up',
      timeoutMs: 120_000,
      giveUp: () => (this.#child.exitCode === null ? undefined : new Error(this.output)),
    });
    return JSON.parse(readFileSync(join(this.#workspace.folder, '.dev', 'stack.json'), 'utf8')) as Stack;
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.exitCode();
  }

  async exitCode(): Promise<number | null> {
    const [code] = await this.#exit;
    return code as number | null;
  }
}

function redis(url: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1', () => socket.write(`${command}\r\n`));
    socket.once('error', reject).once('data', (answer: Buffer) => {
      socket.destroy();
      resolve(answer.toString().trim());
    });
  });
}

const runs = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('npm start', () => {
  let workspace: TemporaryWorkspace;
  const starts: Start[] = [];
  const start = (options?: ConstructorParameters<typeof Start>[1]): Start => {
    const one = new Start(workspace, options);
    starts.push(one);
    return one;
  };

  beforeAll(() => {
    workspace = new TemporaryWorkspace();
  });
  afterEach(async () => {
    await Promise.all(starts.splice(0).map((one) => one.end('SIGTERM')));
  }, 150_000);
  afterAll(() => workspace.remove());

  it('describes the running stack: brokers, every service, accounts with their secrets, the API key', async () => {
    const stack = await start().up();
    expect(stack.kafka).toEqual({ brokers: testKafkaBrokers(), way: 'given' });
    expect(await redis(stack.redis.url, 'PING')).toBe('+PONG');
    for (const { address, pid } of stack.services) {
      expect((await fetch(address)).status).toBe(200);
      expect(runs(pid)).toBe(true);
    }
    expect(stack.services).toHaveLength(9);
    expect(stack.accounts).toMatchObject([{ id: 'acme-genesys', webhookSecret: expect.stringMatching(/^\w{32,}$/) }]);
    expect(stack.api.key).toMatch(/^\w{32,}$/);
  }, 150_000);

  it('a second start beside a running one says so and ends with 1', async () => {
    const first = start();
    await first.up();
    const second = start();
    expect(await second.exitCode()).toBe(1);
    expect(second.output).toContain(`already running (process ${first.pid})`);
  }, 150_000);

  it('after kill -9 the services end by themselves, and the next start ends the rest and keeps data, ports and secrets', async () => {
    const first = start();
    const before = await first.up();
    await redis(before.redis.url, 'SET kept yes');
    await first.end('SIGKILL');
    const gone = (): boolean => before.services.every(({ pid }) => !runs(pid));
    await waitFor(gone, { description: 'the services have ended with their parent' });
    expect(await redis(before.redis.url, 'PING')).toBe('+PONG');

    const second = start();
    const after = await second.up();
    expect(second.output).toContain('left behind: redis');
    expect(await redis(after.redis.url, 'GET kept')).toContain('yes');
    expect(after.redis.url).toBe(before.redis.url);
    expect(after.api).toEqual(before.api);
    expect(after.accounts).toEqual(before.accounts);
  }, 240_000);

  it('stops everything when it is told to', async () => {
    const only = start();
    const stack = await only.up();
    expect(await only.end('SIGTERM')).toBe(0);
    expect(stack.services.filter(({ pid }) => runs(pid))).toEqual([]);
    await expect(redis(stack.redis.url, 'PING')).rejects.toThrow('ECONNREFUSED');
  }, 150_000);

  it('stops everything with 1 when a service ends by itself, and shows the end of its log', async () => {
    const only = start();
    const stack = await only.up();
    process.kill(stack.services.find(({ name }) => name === 'crm-sync')?.pid ?? -1, 'SIGKILL');
    expect(await only.exitCode()).toBe(1);
    expect(only.output).toMatch(/crm-sync ended by itself \(signal SIGKILL\)[^]*stand-in is up/);
    expect(stack.services.filter(({ pid }) => runs(pid))).toEqual([]);
  }, 150_000);

  it('a stop while it starts leaves nothing behind', async () => {
    const only = start();
    await waitFor(() => only.output.includes('provider-simulator'), {
      description: 'services start',
      timeoutMs: 30_000,
    });
    // 0 where the machine was so slow to tell us that everything was up already.
    expect([0, 1]).toContain(await only.end('SIGINT'));
    expect((await start().up()).services).toHaveLength(9);
    expect(starts.at(-1)?.output).not.toContain('left behind');
  }, 240_000);

  it('--fresh starts with empty brokers', async () => {
    const first = start({ kafka: '' });
    await redis((await first.up()).redis.url, 'SET kept yes');
    await first.end('SIGTERM');
    const second = start({ kafka: '', args: ['--fresh'] });
    expect(await redis((await second.up()).redis.url, 'GET kept')).toBe('$-1');
  }, 300_000);

  it('--fresh refuses to empty brokers that are not its own', async () => {
    const only = start({ args: ['--fresh'] });
    expect(await only.exitCode()).toBe(1);
    expect(only.output).toContain('KAFKA_BROKERS');
  }, 150_000);
});
