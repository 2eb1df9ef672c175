import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadAccounts } from '@heliograph/accounts';
import { profileOf } from '@heliograph/providers';
import { RedisClient } from '@heliograph/redis';
import { Log } from '@heliograph/runtime';
import { freePort, testKafkaBrokers, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { DispatcherConfig } from '../config.ts';
import { startDispatcher } from '../service.ts';
import { SenderCheck } from './sender-check.ts';
import { SendingAccounts } from './sending-accounts.ts';

const PROVIDERS = '/api/v2/messaging/providers';
const ENGAGEMENTS = '/api/v2/messaging/engagements';
const WHATSAPP = { id: 'eng-1', type: 'WHATSAPP', phone_numbers: ['+15550009876'] };

/** What the provider lists by path, and what it was asked. */
let lists: Record<string, object[] | number>;
let asked: string[];
let provider: Server;
let redis: RedisClient;
const lines: Record<string, unknown>[] = [];
const log = Log.open({
  service: 'spec',
  destination: { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
});

async function listen(port = 0): Promise<string> {
  await new Promise<void>((resolve) => provider.listen(port, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
}

beforeEach(async () => {
  lists = { [PROVIDERS]: [{ id: 'p-1', type: 'WHATSAPP', name: 'WhatsApp' }], [ENGAGEMENTS]: [WHATSAPP] };
  asked = [];
  lines.length = 0;
  provider = createServer((request, response) => {
    request.resume();
    const path = request.url ?? '';
    asked.push(path);
    const found = path === '/token' ? undefined : (lists[path] ?? 404);
    const status = typeof found === 'number' ? found : 200;
    const body = path === '/token' ? { access_token: 'token', expires_in: 3600 } : { entities: found };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  redis = new RedisClient({ url: testRedisUrl(), namespace: uniqueNamespace('sender-check') });
  await redis.whenUp();
});

afterEach(async () => {
  provider.closeAllConnections();
  provider.close();
  await redis.close();
});

function accountsFile(url: string, over: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-senders-'));
  writeFileSync(join(folder, 'client'), 'client-secret');
  const account = {
    id: 'acme-1',
    tenant: 'acme',
    profile: 'genesys-guide',
    api: { baseUrl: url, tokenUrl: `${url}/token` },
    client: { id: 'client', secretFile: 'client' },
    webhookSecretFiles: ['none'],
    limits: { tenant: { requests: 2_000, perSeconds: 10 } },
    senders: [
      { name: 'support', channel: 'whatsapp', addresses: ['+1 555 000 9876'], queueId: 'q' },
      { name: 'alerts', channel: 'sms', addresses: ['+15550001111'], queueId: 'q' },
    ],
    ...over,
  };
  writeFileSync(join(folder, 'accounts.json'), JSON.stringify({ accounts: [account] }));
  return join(folder, 'accounts.json');
}

/** A check of its own, and what ended the process, had it been one. */
function checkOf(url: string, over?: object) {
  const accounts = new SendingAccounts(
    loadAccounts(accountsFile(url, over), { secrets: ['client'] }),
    redis,
    profileOf,
  );
  const ended: Error[] = [];
  const check = new SenderCheck(accounts.all, log, (error) => void ended.push(error));
  const close = async () => {
    await check.stop();
    await accounts.close();
  };
  return { check, ended, close, state: () => check.states.get('acme-1') };
}

describe("the senders' numbers are compared with the provider's at the start (guide 000, section 1: the trap behind 131050)", () => {
  it('a number that is the engagement’s is fine, whatever the notation, and channels without engagements are left out', async () => {
    const { check, close, state } = checkOf(await listen());
    await check.onApplicationBootstrap();
    expect(state()).toBe('ok');
    expect(asked.filter((path) => path !== '/token')).toEqual([PROVIDERS, ENGAGEMENTS]);
    await close();
  });

  it('the numbers of the providers decide where their list carries any', async () => {
    lists[PROVIDERS] = [{ ...WHATSAPP, phone_numbers: ['+15550009876', '+15550007777'] }];
    const { check, close, state } = checkOf(await listen());
    await check.onApplicationBootstrap();
    expect(state()).toBe('ok');
    expect(asked).not.toContain(ENGAGEMENTS);
    await close();
  });

  it('a dispatcher with a number that is none of them does not start, and names account, sender and both numbers by their ends', async () => {
    lists[ENGAGEMENTS] = [{ ...WHATSAPP, phone_numbers: ['+15550005432'] }];
    const config = Object.assign(new DispatcherConfig(), {
      kafkaBrokers: testKafkaBrokers(),
      redisUrl: testRedisUrl(),
      namespace: uniqueNamespace('sender-mismatch'),
      conversationPartitions: 1,
      accountsFile: accountsFile(await listen()),
      consentKey: 'a key of thirty-two bytes or more',
    });
    const failure = await startDispatcher(config, log).then(
      () => 'it started',
      (error: Error) => error.message,
    );
    expect(failure).toBe(
      "senders do not fit the provider: account acme-1, sender support, addresses[0]: the number ending in 9876 is none of an engagement's: eng-1 has the one ending in 5432",
    );
    expect(JSON.stringify(lines)).not.toMatch(/1555000/);
  }, 60_000);

  it('a WhatsApp number is wrong where the provider has engagements, but none for WhatsApp', async () => {
    lists[ENGAGEMENTS] = [{ id: 'eng-2', type: 'SMS', phone_numbers: ['+15550001111'] }];
    const { check, close, state } = checkOf(await listen());
    await expect(check.onApplicationBootstrap()).rejects.toThrow('there is none on this channel');
    expect(state()).toBe('mismatch');
    await close();
  });

  it.each<[string, object[] | number]>([
    ['tells no numbers', []],
    ['does not let the account ask', 403],
    ['has no such list', 404],
  ])('a provider that %s is warned about, once, and stops nothing', async (_, answer) => {
    lists[ENGAGEMENTS] = answer;
    const { check, close, state } = checkOf(await listen());
    await check.onApplicationBootstrap();
    expect(state()).toBe('untold');
    expect(lines.filter(({ msg }) => msg === 'the provider does not say whether the senders fit')).toHaveLength(1);
    await close();
  });

  it('a provider that cannot be reached is asked again beside the running service, which ends when a number turns out wrong', async () => {
    lists[ENGAGEMENTS] = [{ ...WHATSAPP, phone_numbers: ['+15550005432'] }];
    const port = await freePort();
    const { check, ended, close, state } = checkOf(`http://127.0.0.1:${port}`);
    await check.onApplicationBootstrap();
    expect([state(), ended]).toEqual(['pending', []]);
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'cannot see yet whether the senders fit the provider', account: 'acme-1' }),
    );
    await listen(port);
    await waitFor(() => ended.length > 0, { description: 'it has found out' });
    expect(String(ended[0])).toContain('the number ending in 9876');
    expect(state()).toBe('mismatch');
    await close();
  });

  it('an account whose senders are not to be checked asks for nothing', async () => {
    const { check, close, state } = checkOf(await listen(), { checkSenders: false });
    await check.onApplicationBootstrap();
    expect([state(), asked]).toEqual([undefined, []]);
    await close();
  });
});
