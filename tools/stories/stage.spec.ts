import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hintFor, runStages, type Stage, type StageResult } from './stage.ts';

/** For what is never reached. */
const SHORT_MS = 30;
/** For what is reached, on whatever machine. */
const PATIENT_MS = 30_000;

const run = async (stages: Stage[], timeoutMs: number, signal?: AbortSignal): Promise<StageResult[]> => {
  const reported: StageResult[] = [];
  const report = (result: StageResult): void => void reported.push(result);
  const results = await runStages(stages, {
    timeoutMs,
    report,
    ...(signal && { signal }),
    hintFor: (service) => Promise.resolve(`look at ${service}`),
  });
  expect(reported).toEqual(results);
  return results;
};

describe('a smoke run', () => {
  it('waits for each stage and tells what it found', async () => {
    let looks = 0;
    const results = await run(
      [
        { name: 'first', services: ['a'], reached: () => (++looks < 3 ? undefined : 'found') },
        { name: 'second', services: ['b'], reached: () => Promise.resolve('there') },
      ],
      PATIENT_MS,
    );
    expect(results.map(({ name, ok, detail }) => [name, ok, detail])).toEqual([
      ['first', true, 'found'],
      ['second', true, 'there'],
    ]);
  });

  it('ends at the first stage that is not reached, and names whose logs to read', async () => {
    const results = await run(
      [
        { name: 'first', services: ['a'], reached: () => 'found' },
        { name: 'second', services: ['b', 'c'], reached: () => undefined },
        { name: 'third', services: ['d'], reached: () => 'never looked at' },
      ],
      SHORT_MS,
    );
    expect(results).toHaveLength(2);
    expect(results[1]).toMatchObject({ name: 'second', ok: false, hint: 'look at b\nlook at c' });
  });

  it('ends at the stage it is at when it is interrupted', async () => {
    const interruption = new AbortController();
    const stages = [
      { name: 'first', services: ['a'], reached: () => interruption.abort() as undefined },
      { name: 'second', services: ['b'], reached: () => 'never looked at' },
    ];
    const results = await run(stages, PATIENT_MS, interruption.signal);
    expect(results).toMatchObject([{ name: 'first', ok: false, detail: 'interrupted' }]);
  });

  it('tells the error of a stage that cannot be looked at', async () => {
    const refuse = (): Promise<string> => Promise.reject(new Error('connection refused'));
    const [result] = await run([{ name: 'first', services: ['a'], reached: refuse }], SHORT_MS);
    expect(result?.detail).toContain('connection refused');
  });
});

describe('a hint', () => {
  let folder: string;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'smoke-'));
    writeFileSync(join(folder, 'crm-sync.log'), 'one\ntwo\nthree\nfour\n');
    server = createServer((_, answer) => answer.writeHead(503).end('{"timeline":"has not joined"}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it('has what the service says of itself and the end of its log', async () => {
    const hint = await hintFor('crm-sync', address, folder);
    expect(hint).toContain('not ready: {"timeline":"has not joined"}');
    expect(hint).toContain(`log: ${join(folder, 'crm-sync.log')}\ntwo\nthree\nfour`);
  });

  it('says when a service does not answer, or is not there at all', async () => {
    expect(await hintFor('crm-sync', 'http://127.0.0.1:1', folder)).toContain('does not answer at http://127.0.0.1:1');
    expect(await hintFor('ghost', undefined, folder)).toContain('not part of the running stack');
  });
});
