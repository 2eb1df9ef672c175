import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CHANNELS, type Channel, type FieldProblem } from '@heliograph/contracts';
import fc from 'fast-check';
import { AccountsError } from './accounts-error.ts';
import { loadAccounts } from './load-accounts.ts';
import type { SecretKind } from './read-secrets.ts';

let folder: string;
const BOTH: readonly SecretKind[] = ['client', 'webhook'];

const support = { name: 'support', channel: 'whatsapp', addresses: ['whatsapp:+1 555 000 9876'], queueId: 'q-1' };
const alerts = { name: 'alerts', channel: 'sms', addresses: ['15550001111'], queueId: 'q-2' };
const acme = {
  id: 'acme-genesys',
  tenant: 'acme',
  profile: 'genesys-guide',
  api: { baseUrl: 'http://127.0.0.1:7000/', tokenUrl: 'http://127.0.0.1:7000/api/v2/oauth2/token' },
  client: { id: 'acme-client', secretFile: 'secrets/acme.client' },
  webhookSecretFiles: ['secrets/acme.webhook'],
  senders: [support, alerts],
};
const globex = { ...acme, id: 'globex-genesys', tenant: 'globex' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heliograph-accounts-'));
  write('secrets/acme.client', 'client-secret\n');
  write('secrets/acme.webhook', 'webhook-secret\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const load = (content: unknown, secrets = BOTH) =>
  loadAccounts(write('accounts.json', typeof content === 'string' ? content : JSON.stringify(content)), { secrets });

function problemsOf(content: unknown, secrets = BOTH): readonly FieldProblem[] {
  try {
    load(content, secrets);
  } catch (error) {
    if (error instanceof AccountsError) return error.problems;
    throw error;
  }
  return [];
}

/** A copy of a JSON value with another value at a path. */
function replaceAt(root: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined || first === '') return value;
  const copy = structuredClone(root) as Record<string, unknown>;
  copy[first] = replaceAt(copy[first], rest, value);
  return copy;
}

describe('loadAccounts', () => {
  it('reads accounts with canonical addresses, trimmed secrets and the defaults', () => {
    const [account] = load({ accounts: [acme] }).all;
    expect(account).toMatchObject({
      id: 'acme-genesys',
      tenant: 'acme',
      profile: 'genesys-guide',
      api: { baseUrl: 'http://127.0.0.1:7000', tokenUrl: 'http://127.0.0.1:7000/api/v2/oauth2/token' },
      limits: {
        tenant: { requests: 500, perSeconds: 60 },
        client: null,
        number: { requests: 100, perSeconds: 1 },
        agentless: { requests: 3_000, perSeconds: 60 },
        campaign: { requests: 18_000, perSeconds: 60 },
        pair: { perSeconds: 6, borrow: 45 },
        templates: { creations: { requests: 100, perSeconds: 3_600 }, calls: null },
        campaignShare: 0.8,
      },
      secondaryClient: undefined,
      requestTimeoutMs: 10_000,
      senders: [
        { name: 'support', channel: 'whatsapp', addresses: ['15550009876'], queueId: 'q-1' },
        { name: 'alerts', channel: 'sms', addresses: ['+15550001111'], queueId: 'q-2' },
      ],
    });
    expect(account?.client.id).toBe('acme-client');
    expect(account?.client.secret).toBe('client-secret');
    expect(account?.webhookSecrets).toEqual(['webhook-secret']);
  });

  it('reads senders of every channel of guides 002 and 003: ids of platforms are kept letter by letter', () => {
    const ids: Partial<Record<Channel, string>> = {
      email: 'Orders@Acme.example',
      web: 'web:deployment-7F3a',
      facebook: '106540352242922',
      instagram: 'instagram:17841405822304914',
      x: '2244994945',
      apple: 'apple:urn:biz:0a1b',
      line: 'U4af4980629',
      open: 'open:acme:kiosk',
    };
    const others = Object.entries(ids).map(([channel, id]) => ({ ...support, channel, addresses: [id] }));
    const accounts = load(
      { accounts: [{ ...acme, senders: [support, { ...alerts, name: 'support' }, ...others] }] },
      [],
    );
    const found = CHANNELS.map((channel) => accounts.senderNamed('acme', channel, 'support')?.sender.addresses[0]);
    expect(found).toEqual([
      '15550009876',
      '+15550001111',
      'orders@acme.example',
      'deployment-7F3a',
      '106540352242922',
      '17841405822304914',
      '2244994945',
      'urn:biz:0a1b',
      'U4af4980629',
      'acme:kiosk',
    ]);
    expect(accounts.senderOfAddress('acme-genesys', 'open', 'acme:kiosk')?.channel).toBe('open');
    const blank = { ...support, channel: 'open', addresses: ['acme kiosk'] };
    expect(problemsOf({ accounts: [{ ...acme, senders: [blank] }] })).toEqual([
      { field: 'accounts[0].senders[0].addresses[0]', reason: 'is not an address of open' },
    ]);
  });

  it('takes limits, time-out and a second webhook secret from the file', () => {
    write('secrets/next.webhook', 'next');
    const webhookSecretFiles = [...acme.webhookSecretFiles, 'secrets/next.webhook'];
    const limits = { tenant: { requests: 10, perSeconds: 1 }, number: null, pair: { perSeconds: 1, borrow: 2 } };
    const [account] = load({ accounts: [{ ...acme, webhookSecretFiles, limits, requestTimeoutMs: 2000 }] }).all;
    expect(account).toMatchObject({ limits, requestTimeoutMs: 2000, webhookSecrets: ['webhook-secret', 'next'] });
  });

  it('reads only the secrets that were asked for', () => {
    rmSync(join(folder, 'secrets/acme.client'));
    const [account] = load({ accounts: [acme] }, ['webhook']).all;
    expect(account?.webhookSecrets).toEqual(['webhook-secret']);
    expect(() => account?.client.secret).toThrow(/client secret of account acme-genesys was not loaded/);
    const [bare] = load({ accounts: [acme] }, []).all;
    expect(() => bare?.webhookSecrets).toThrow(/webhook secret of account acme-genesys was not loaded/);
  });

  it('keeps secrets out of everything that prints an account', () => {
    expect(JSON.stringify(load({ accounts: [acme] }))).not.toMatch(/-secret"/);
  });

  it('reads scopes, what is to be registered, and whether senders are checked; by default nothing of it is', () => {
    const [plain] = load({ accounts: [acme] }).all;
    expect([plain?.subscriptions, plain?.checkSenders, plain?.client.scopes]).toEqual([undefined, true, undefined]);
    expect(plain?.api.sendScopes).toBe(false);
    const endpoint = 'https://hooks.example.com/webhooks/genesys-guide/acme-genesys';
    const [account] = load({
      accounts: [
        {
          ...acme,
          api: { ...acme.api, sendScopes: true },
          client: { ...acme.client, scopes: ['messaging:conversations:write', 'view:events'] },
          subscriptions: { endpoint, register: ['events', 'template-status'] },
          checkSenders: false,
        },
      ],
    }).all;
    expect(account).toMatchObject({
      api: { sendScopes: true },
      client: { scopes: ['messaging:conversations:write', 'view:events'] },
      subscriptions: { endpoint, register: ['events', 'template-status'], name: 'heliograph-acme-genesys' },
      checkSenders: false,
    });
  });

  it('refuses what it does not know how to register, and an endpoint that is no address', () => {
    const subscriptions = { endpoint: 'somewhere', register: ['events', 'weather'] };
    expect(problemsOf({ accounts: [{ ...acme, subscriptions }] })).toEqual([
      { field: 'accounts[0].subscriptions.endpoint', reason: 'must be a URL address' },
      {
        field: 'accounts[0].subscriptions.register',
        reason: 'each value in register must be one of the following values: events, messages, template-status',
      },
    ]);
  });

  it.each(['admin:all', 'view:all', 'View:All', '*', 'messaging:*'])(
    'refuses the over-broad scope %s with field and reason (guide 000, section 2)',
    (scope) => {
      for (const field of ['client', 'secondaryClient']) {
        const client = { id: `of-${field}`, secretFile: 'secrets/acme.client', scopes: ['view:conversation', scope] };
        expect(problemsOf({ accounts: [{ ...acme, [field]: client }] })).toEqual([
          {
            field: `accounts[0].${field}.scopes`,
            reason: `holds "${scope}", which is over-broad: name each scope that is needed (guide 000, section 2)`,
          },
        ]);
      }
    },
  );

  it('takes the scopes that the guides name (guides 000, 001, 002 and 004)', () => {
    const scopes = ['view:engagement', 'edit:conversation', 'messaging:provider:read', 'messages:send', 'call:allow'];
    expect(load({ accounts: [{ ...acme, client: { ...acme.client, scopes } }] }).all[0]?.client.scopes).toEqual(scopes);
  });

  it('reads the client secret of a subscriber only where there is something to register, and names all its files', () => {
    rmSync(join(folder, 'secrets/acme.client'));
    write('secrets/globex.client', 'globex-secret');
    const subscriber = {
      ...globex,
      client: { id: 'globex-client', secretFile: 'secrets/globex.client' },
      subscriptions: { endpoint: 'https://hooks.example.com/x' },
    };
    const accounts = load({ accounts: [acme, subscriber] }, ['webhook', 'subscriber']);
    expect(accounts.byId('globex-genesys')?.client.secret).toBe('globex-secret');
    expect(() => accounts.byId('acme-genesys')?.client.secret).toThrow(/was not loaded/);
    const names = accounts.files.map((file) => file.slice(folder.length + 1));
    expect(names).toEqual(['accounts.json', ...Array(2).fill('secrets/acme.webhook'), 'secrets/globex.client']);
  });

  it('reports all problems at once, each with the path of its field', () => {
    const content = {
      accounts: [
        {
          ...acme,
          id: 'no spaces',
          api: { baseUrl: 'ftp://x', tokenUrl: acme.api.tokenUrl },
          client: { id: 'c' },
          webhookSecretFiles: ['secrets/none'],
          limits: { tenant: { requests: 0, perSeconds: 60 }, number: 5, pair: { perSeconds: 6 }, campaignShare: 2 },
          senders: [support, { ...alerts, addresses: ['somewhere'] }, { ...alerts, name: 'fax', channel: 'fax' }],
        },
        { ...globex, requestTimeoutMs: 'long', quota: 5, senders: [null] },
      ],
    };
    expect(new Map(problemsOf(content).map(({ field, reason }) => [field, reason]))).toEqual(
      new Map([
        ['accounts[0].id', 'must be 1 to 63 letters, digits, dots, dashes or underscores'],
        ['accounts[0].api.baseUrl', 'must be a URL address'],
        ['accounts[0].client.secretFile', 'is missing'],
        [
          'accounts[0].webhookSecretFiles[0]',
          `names a file that cannot be read (ENOENT): ${join(folder, 'secrets/none')}`,
        ],
        ['accounts[0].limits.tenant.requests', 'must not be less than 1'],
        ['accounts[0].limits.number', 'must be an object'],
        ['accounts[0].limits.pair.borrow', 'is missing'],
        ['accounts[0].limits.campaignShare', 'must not be greater than 1'],
        ['accounts[0].senders[1].addresses[0]', 'is not an address of sms'],
        ['accounts[0].senders[2].channel', `must be one of the following values: ${CHANNELS.join(', ')}`],
        ['accounts[1].requestTimeoutMs', 'must be an integer number'],
        ['accounts[1].quota', 'is not a known field'],
        ['accounts[1].senders[0]', 'must be an object'],
      ]),
    );
  });

  it('refuses an empty secret file', () => {
    const empty = write('secrets/acme.webhook', '\n');
    expect(problemsOf({ accounts: [acme] })).toEqual([
      { field: 'accounts[0].webhookSecretFiles[0]', reason: `names an empty file: ${empty}` },
    ]);
  });

  it('refuses two accounts with one id', () => {
    expect(problemsOf({ accounts: [acme, { ...acme, tenant: 'other' }] })).toEqual([
      { field: 'accounts[1].id', reason: 'is the same as accounts[0].id' },
    ]);
  });

  it('refuses one address under two senders of an account, in whatever notation', () => {
    const twin = { ...support, name: 'twin', addresses: ['+15550009876'] };
    expect(problemsOf({ accounts: [{ ...acme, senders: [support, twin] }] })).toEqual([
      {
        field: 'accounts[0].senders[1].addresses[0]',
        reason: 'is on whatsapp the same as accounts[0].senders[0].addresses[0]',
      },
    ]);
  });

  it('reads a sender with several numbers, and finds it by each', () => {
    const pool = { ...support, addresses: ['+15550009876', '+15550009877'] };
    const accounts = load({ accounts: [{ ...acme, senders: [pool] }] }, []);
    for (const number of ['15550009876', '15550009877']) {
      expect(accounts.senderOfAddress('acme-genesys', 'whatsapp', number)?.name).toBe('support');
    }
    expect(problemsOf({ accounts: [{ ...acme, senders: [{ ...support, addresses: ['+1555', '+1 555'] }] }] })).toEqual([
      { field: 'accounts[0].senders[0].addresses[0]', reason: 'is not an address of whatsapp' },
      { field: 'accounts[0].senders[0].addresses[1]', reason: 'is not an address of whatsapp' },
    ]);
    expect(problemsOf({ accounts: [{ ...acme, senders: [{ ...support, addresses: [] }] }] })).toEqual([
      { field: 'accounts[0].senders[0].addresses', reason: 'should not be empty' },
    ]);
  });

  it('reads a secondary client with its own secret, and refuses the first one in its place', () => {
    write('secrets/second.client', 'second-secret\n');
    const secondaryClient = { id: 'acme-second', secretFile: 'secrets/second.client' };
    const [account] = load({ accounts: [{ ...acme, secondaryClient }] }).all;
    expect([account?.client.secret, account?.secondaryClient?.secret]).toEqual(['client-secret', 'second-secret']);
    expect(
      problemsOf({ accounts: [{ ...acme, secondaryClient: { ...secondaryClient, id: acme.client.id } }] }),
    ).toEqual([{ field: 'accounts[0].secondaryClient.id', reason: 'is the same as accounts[0].client.id' }]);
    expect(problemsOf({ accounts: [{ ...acme, secondaryClient: { id: 'x', secretFile: 'secrets/none' } }] })).toEqual([
      {
        field: 'accounts[0].secondaryClient.secretFile',
        reason: `names a file that cannot be read (ENOENT): ${join(folder, 'secrets/none')}`,
      },
    ]);
  });

  it('refuses accounts of one organisation that do not agree on its limits', () => {
    const limits = { tenant: { requests: 1000, perSeconds: 60 } };
    const sibling = { ...acme, id: 'acme-2', senders: [{ ...alerts, name: 'news' }] };
    expect(problemsOf({ accounts: [acme, { ...sibling, limits }] })).toEqual([
      { field: 'accounts[1].limits', reason: 'differs from accounts[0].limits, of the same tenant and provider' },
    ]);
    expect(problemsOf({ accounts: [acme, sibling, { ...globex, limits }] })).toEqual([]);
  });

  it('lets a sender be agentless only where it is the one address of its channel, for such a send names none (guide 001, section 3)', () => {
    const agentless = { ...support, agentless: true };
    const [sender] = load({ accounts: [{ ...acme, senders: [agentless, alerts] }] }).all[0]!.senders;
    expect(sender).toMatchObject({ name: 'support', agentless: true });
    expect(load({ accounts: [acme] }).all[0]!.senders[0]).not.toHaveProperty('agentless');
    const reason = 'the account has more than one address on whatsapp';
    const pool = { ...agentless, addresses: ['+15550009876', '+15550009877'] };
    const other = { ...support, name: 'other', addresses: ['+15550009877'] };
    const field = 'accounts[0].senders[0].agentless';
    expect(problemsOf({ accounts: [{ ...acme, senders: [pool] }] })).toEqual([{ field, reason }]);
    expect(problemsOf({ accounts: [{ ...acme, senders: [agentless, other] }] })).toEqual([{ field, reason }]);
  });

  it('refuses one sender name twice on a channel of a tenant, since both would share their conversations', () => {
    const other = { ...acme, id: 'acme-2', senders: [{ ...support, addresses: ['15550002222'] }] };
    expect(problemsOf({ accounts: [acme, other] })).toEqual([
      { field: 'accounts[1].senders[0].name', reason: 'is for whatsapp the same as accounts[0].senders[0].name' },
    ]);
    expect(problemsOf({ accounts: [acme, globex] })).toEqual([]);
  });

  it.each([
    ['{"accounts": [', /accounts\.json is invalid: it is not JSON/],
    ['[]', /it must hold a JSON object/],
    ['{}', /accounts is missing/],
    ['{"accounts": []}', /accounts should not be empty/],
  ])('refuses %s with the reason', (content, message) => {
    expect(() => load(content)).toThrow(message);
  });

  it('answers any JSON with accounts or with a list of problems, never with another error', () => {
    const paths = ['', 'accounts', 'accounts.0', 'accounts.0.api', 'accounts.0.client', 'accounts.0.client.secretFile'];
    const inside = [
      'id',
      'limits',
      'limits.tenant',
      'limits.number',
      'limits.pair',
      'secondaryClient',
      'webhookSecretFiles',
      'webhookSecretFiles.0',
      'senders',
      'senders.0',
      'senders.0.addresses',
      'senders.0.addresses.0',
    ];
    const path = fc.constantFrom(...paths, ...inside.map((name) => `accounts.0.${name}`));
    fc.assert(
      fc.property(path, fc.oneof(fc.constantFrom<unknown>([], {}, [[]], null, 7, 'x'), fc.jsonValue()), (at, value) => {
        const problems = problemsOf(replaceAt({ accounts: [{ ...acme, limits: {} }] }, at.split('.'), value));
        expect(problems.every(({ reason }) => reason !== '')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('names a file that is not there', () => {
    expect(() => loadAccounts('/none/accounts.json', { secrets: [] })).toThrow(
      'the accounts file /none/accounts.json is invalid: it cannot be read (ENOENT)',
    );
  });
});

describe('Accounts', () => {
  const both = () => load({ accounts: [acme, globex] }, []);

  it('finds an account by its id', () => {
    expect(both().byId('globex-genesys')?.tenant).toBe('globex');
    expect(both().byId('unknown')).toBeUndefined();
  });

  it('finds a sender of an account by name, and by canonical address', () => {
    expect(both().sender('acme-genesys', 'alerts')?.addresses).toEqual(['+15550001111']);
    expect(both().sender('acme-genesys', 'alerts', 'whatsapp')).toBeUndefined();
    expect(both().senderOfAddress('acme-genesys', 'whatsapp', '15550009876')?.name).toBe('support');
    expect(both().senderOfAddress('acme-genesys', 'sms', '15550009876')).toBeUndefined();
    expect(both().senderOfAddress('unknown', 'sms', '+15550001111')).toBeUndefined();
  });

  it("finds a tenant's sender with its account, and nobody else's", () => {
    const found = both().senderNamed('globex', 'whatsapp', 'support');
    expect([found?.account.id, found?.sender.name]).toEqual(['globex-genesys', 'support']);
    expect(both().senderNamed('globex', 'sms', 'support')).toBeUndefined();
    expect(both().senderNamed('initech', 'whatsapp', 'support')).toBeUndefined();
  });
});
