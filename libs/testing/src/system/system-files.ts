import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who sends, on which account, with which secrets. */
export interface DevelopmentAccount {
  id: string;
  tenant: string;
  profile: string;
  client: { id: string; secret: string };
  webhookSecret: string;
  webhookUrl: string;
  senders: { name: string; channel: string; address: string }[];
}

/** Paths and contents of what a system with the simulated provider is configured with. */
export interface SystemFiles {
  accountsFile: string;
  apiKeysFile: string;
  simulatorFile: string;
  crmKeyFile: string;
  apiKey: string;
  crmKey: string;
  accounts: DevelopmentAccount[];
}

export interface SystemFilesOptions {
  /** Where they are written. Secrets found there are kept. */
  folder: string;
  ingressAddress: string;
  simulatorAddress: string;
  /** Of the account, on both sides; that of the guides when absent. */
  limit?: { requests: number; perSeconds: number };
  /** Milliseconds the dispatcher waits for an answer of the provider. */
  requestTimeoutMs?: number;
  /** More settings of the simulator's webhooks: repeats, receipts, order. */
  webhook?: Readonly<Record<string, unknown>>;
}

const TENANT = 'acme';
const ACCOUNT = 'acme-genesys';
const PROFILE = 'genesys-guide';
const CLIENT = 'acme-client';
const SUPPORT = {
  name: 'support',
  channel: 'whatsapp',
  address: '+15550009876',
  queueId: 'a1b2c3d4-0000-4000-8000-000000000001',
};
const ALERTS = {
  name: 'alerts',
  channel: 'sms',
  address: '+15550001111',
  queueId: 'a1b2c3d4-0000-4000-8000-000000000002',
};
const GUIDE_LIMIT = { requests: 500, perSeconds: 60 };
const TEMPLATES = [
  {
    name: 'order_update',
    language: 'en_US',
    components: [{ type: 'BODY', text: 'Your order {{1}} arrives {{2}}.' }],
  },
];

/**
 * Writes accounts, API key, CRM key and the simulator's settings into a folder. Secrets are made up once and stay the same
 * until the folder is removed; they open nothing but this system.
 */
export function writeSystemFiles(options: SystemFilesOptions): SystemFiles {
  const { folder, ingressAddress } = options;
  mkdirSync(join(folder, 'secrets'), { recursive: true });
  const secret = (name: string): string => keepSecret(join(folder, 'secrets', name));
  const webhookUrl = `${ingressAddress}/webhooks/${PROFILE}/${ACCOUNT}`;
  const files: SystemFiles = {
    accountsFile: join(folder, 'accounts.json'),
    apiKeysFile: join(folder, 'api-keys.json'),
    simulatorFile: join(folder, 'simulator.json'),
    crmKeyFile: join(folder, 'secrets', 'crm.key'),
    apiKey: secret('api.key'),
    crmKey: secret('crm.key'),
    accounts: [
      {
        id: ACCOUNT,
        tenant: TENANT,
        profile: PROFILE,
        client: { id: CLIENT, secret: secret(`${ACCOUNT}.client`) },
        webhookSecret: secret(`${ACCOUNT}.webhook`),
        webhookUrl,
        senders: [SUPPORT, ALERTS].map(({ name, channel, address }) => ({ name, channel, address })),
      },
    ],
  };
  writeJson(files.accountsFile, { accounts: [accountEntry(options)] });
  writeJson(files.apiKeysFile, [{ name: 'development', tenant: TENANT, keyFile: 'secrets/api.key' }]);
  writeJson(files.simulatorFile, simulatorSettings(options, webhookUrl));
  return files;
}

function accountEntry({ simulatorAddress, limit = GUIDE_LIMIT, requestTimeoutMs }: SystemFilesOptions): object {
  return {
    id: ACCOUNT,
    tenant: TENANT,
    profile: PROFILE,
    api: { baseUrl: simulatorAddress, tokenUrl: `${simulatorAddress}/api/v2/oauth2/token` },
    client: { id: CLIENT, secretFile: `secrets/${ACCOUNT}.client` },
    webhookSecretFiles: [`secrets/${ACCOUNT}.webhook`],
    limits: limit,
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
    // Who gets alerts has asked for them, so the first message may be ours.
    senders: [SUPPORT, { ...ALERTS, optInOnRecord: true }],
  };
}

function simulatorSettings({ limit = GUIDE_LIMIT, webhook }: SystemFilesOptions, webhookUrl: string): object {
  return {
    accounts: [
      {
        id: ACCOUNT,
        client: { id: CLIENT, secretFile: `secrets/${ACCOUNT}.client` },
        limit: { requests: limit.requests, periodMs: limit.perSeconds * 1000 },
        senders: [SUPPORT, ALERTS].map(({ channel, address, queueId }) => ({ channel, address, queueId })),
        webhook: { url: webhookUrl, secretFile: `secrets/${ACCOUNT}.webhook`, ...webhook },
        templates: TEMPLATES,
      },
    ],
    crm: { apiKeyFile: 'secrets/crm.key' },
  };
}

function keepSecret(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const value = randomBytes(24).toString('hex');
    writeFileSync(file, value, { mode: 0o600 });
    return value;
  }
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
