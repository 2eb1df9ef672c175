import { describe, expect, it } from '@jest/globals';
import { runWithTraceparent } from '../tracing.ts';
import { hashAddress } from './hash-address.ts';
import { Log } from './log.ts';
import { NestLog } from './nest-log.ts';

function record(): { log: Log; lines: Record<string, unknown>[]; text: () => string } {
  const lines: Record<string, unknown>[] = [];
  const written: string[] = [];
  const write = (line: string): void => {
    written.push(line);
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  return {
    log: Log.open({ service: 'sample', level: 'debug', destination: { write } }),
    lines,
    text: () => written.join(''),
  };
}

describe('Log', () => {
  it('writes one JSON object per line with service, level, time and message', () => {
    const { log, lines } = record();
    log.info({ partition: 3 }, 'joined');
    log.warn('odd');
    expect(lines).toMatchObject([
      { service: 'sample', level: 'info', partition: 3, msg: 'joined', time: expect.stringMatching(/Z$/) },
      { service: 'sample', level: 'warn', msg: 'odd' },
    ]);
  });

  it('never writes credentials, signatures, bodies or addresses, however deep they lie', () => {
    const { log, text } = record();
    const leak = 'LEAK';
    log.info(
      {
        Authorization: leak,
        headers: { cookie: leak, 'x-genesys-cloud-signature': leak, 'X-Hub-Signature-256': leak },
        event: { list: [{ body: { text: leak }, from: leak }] },
        access_token: leak,
        clientSecret: leak,
        contact: leak,
        address: leak,
        bytes: Buffer.from(leak),
      },
      'checked',
    );
    log.child({ apiKey: leak }).info('child');
    expect(text()).not.toContain(leak);
    expect(text()).not.toContain(Buffer.from(leak).toString('base64'));
  });

  it('shows the HTTP address a service listens on', () => {
    const { log, lines } = record();
    log.info({ address: 'http://127.0.0.1:8080' }, 'ready');
    expect(lines[0]).toMatchObject({ address: 'http://127.0.0.1:8080' });
  });

  it('describes an error by class, message, code, stack and cause, without what clients attach to it', () => {
    const { log, lines, text } = record();
    const cause = Object.assign(new TypeError('socket closed'), { code: 'ECONNRESET' });
    log.error({ err: Object.assign(new Error('send failed', { cause }), { response: { data: 'LEAK' } }) }, 'failed');
    expect(lines[0]).toMatchObject({
      err: {
        type: 'Error',
        message: 'send failed',
        stack: expect.stringContaining('log.spec'),
        cause: { type: 'TypeError', code: 'ECONNRESET' },
      },
    });
    expect(text()).not.toContain('LEAK');
  });

  it('survives fields that contain themselves', () => {
    const { log, lines } = record();
    const loop: Record<string, unknown> = { name: 'loop' };
    loop.self = loop;
    log.info({ loop }, 'fine');
    expect(lines[0]).toMatchObject({ msg: 'fine' });
  });

  it('carries the trace it is written under', () => {
    const { log, lines } = record();
    const trace = 'a'.repeat(32);
    runWithTraceparent(`00-${trace}-${'b'.repeat(16)}-01`, () => log.info('inside'));
    log.info('outside');
    expect(lines.map((line) => line.trace)).toEqual([trace, undefined]);
  });
});

describe('NestLog', () => {
  it('writes the wiring of the framework as debug, and errors with their context and stack', () => {
    const { log, lines } = record();
    const nest = new NestLog(log);
    nest.log('AppModule dependencies initialized', 'InstanceLoader');
    nest.log('hello', 'Greeter');
    nest.error('broken', 'Error: broken\n    at x', 'Greeter');
    nest.error(new Error('thrown'));
    expect(lines).toMatchObject([
      { level: 'debug', context: 'InstanceLoader' },
      { level: 'info', context: 'Greeter', msg: 'hello' },
      { level: 'error', context: 'Greeter', stack: 'Error: broken\n    at x', msg: 'broken' },
      { level: 'error', err: { message: 'thrown' }, msg: 'thrown' },
    ]);
  });
});

describe('hashAddress', () => {
  it('gives the same 16 digits for an address, others under another key, and never the address', () => {
    const hash = hashAddress('key', '15550001234');
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(hashAddress('key', '15550001234')).toBe(hash);
    expect(hashAddress('other', '15550001234')).not.toBe(hash);
    expect(hashAddress('key', '15550001235')).not.toBe(hash);
  });
});
