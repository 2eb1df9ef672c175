import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const source = import.meta.dirname;
const account = {
  id: 'acme',
  client: { id: 'acme-client', secretFile: 'client.secret' },
  senders: [{ channel: 'whatsapp', address: '+15550009876' }],
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  writeFileSync(join(folder, 'client.secret'), 'from-a-file\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(settings: unknown): ChildProcess {
  const file = join(folder, 'simulator.json');
  writeFileSync(file, JSON.stringify(settings));
  const env = { PATH: process.env['PATH'], SIMULATOR_FILE: file, PORT: '0' };
  return spawn(process.execPath, [join(source, 'main.ts')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine(child: ChildProcess): Promise<Record<string, string>> {
  const [chunk] = (await once(child.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
  return JSON.parse(chunk.toString().split('\n')[0] as string) as Record<string, string>;
}

describe('the process', () => {
  it('says where it is ready, reads secrets from files, and ends cleanly on SIGTERM', async () => {
    const child = run({ accounts: [account] });
    const { msg, address } = await firstLine(child);
    expect(msg).toBe('ready');
    expect((await fetch(`${address}/health/ready`)).status).toBe(200);
    const fields = { grant_type: 'client_credentials', client_id: 'acme-client', client_secret: 'from-a-file' };
    const token = await fetch(`${address}/api/v2/oauth2/token`, { method: 'POST', body: new URLSearchParams(fields) });
    expect(token.status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each([
    ['accounts[0].senders[0].adress', { accounts: [{ ...account, senders: [{ channel: 'sms', adress: '+1555' }] }] }],
    ['accounts[1].id', { accounts: [account, account] }],
    ['accounts[0].webhook.secret', { accounts: [{ ...account, webhook: { url: 'http://127.0.0.1:1/' } }] }],
    ['accounts[0].client.secretFile', { accounts: [{ ...account, client: { id: 'x', secretFile: 7 } }] }],
  ])('does not start with a wrong setting, and names it: %s', async (field, settings) => {
    const child = run(settings);
    const exit = once(child, 'exit');
    const { msg, reason } = await firstLine(child);
    expect(msg).toBe('cannot start');
    expect(reason).toContain(`${field}: `);
    expect(await exit).toEqual([1, null]);
  });
});

describe('the simulator', () => {
  it('shares no code with what it checks', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const imported = files.flatMap((name) => {
      const text = readFileSync(join(source, name), 'utf8');
      return [...text.matchAll(/(?:from|import) '([^'.][^']*)'/g)].map(([, module]) => module as string);
    });
    const outside = new Set(imported.filter((module) => !module.startsWith('node:')));
    expect([...outside].sort()).toEqual(['@jest/globals', 'fast-check', 'fastify', 'undici']);
  });
});
