import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { workspaceRoot } from '@heliograph/testing';

/** The provider simulator with its strict CRM, as a process of its own. */
export class Simulator {
  private constructor(
    private readonly child: ChildProcess,
    readonly address: string,
  ) {}

  /** @param settings as in its settings file */
  static async start(settings: object): Promise<Simulator> {
    const file = join(mkdtempSync(join(tmpdir(), 'heliograph-simulator-')), 'settings.json');
    writeFileSync(file, JSON.stringify(settings));
    const main = join(workspaceRoot(), 'apps/provider-simulator/src/main.ts');
    const env = { SIMULATOR_FILE: file };
    const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as { msg: string; address: string; reason?: string };
      if (said.msg === 'ready') return new Simulator(child, said.address);
      throw new Error(`the simulator: ${said.msg}: ${said.reason}`);
    }
    throw new Error('the simulator ended before it was ready');
  }

  async get<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(this.address + path, { headers });
    if (!answer.ok) throw new Error(`GET ${path}: status ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async post(path: string, body: object): Promise<void> {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(this.address + path, init);
    if (!answer.ok) throw new Error(`POST ${path}: status ${answer.status}: ${await answer.text()}`);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}
