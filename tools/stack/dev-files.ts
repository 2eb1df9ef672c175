import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { devFolder } from '@heliograph/testing';
import type { DevelopmentAccount } from './stack-file.ts';

/** Paths and contents of what the development stack is configured with. */
export interface DevFiles {
  accountsFile: string;
  apiKeysFile: string;
  simulatorFile: string;
  crmKeyFile: string;
  apiKey: string;
  crmKey: string;
  accounts: DevelopmentAccount[];
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
const LIMIT = { requests: 500, seconds: 60 };

/**
 * Writes accounts, API key, CRM key and the simulator's settings under `.dev/config`. Secrets are made up once and stay
 * the same until the folder is removed; they open nothing but this stack.
 */
export function writeDevFiles(ingressAddress: string, simulatorAddress: string): DevFiles {
  const folder = devFolder('config');
  mkdirSync(join(folder, 'secrets'), { recursive: true });
  const secret = (name: string): string => keepSecret(join(folder, 'secrets', name));
  const webhookUrl = `${ingressAddress}/webhooks/${PROFILE}/${ACCOUNT}`;
  const files: DevFiles = {
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
  writeJson(files.accountsFile, { accounts: [accountEntry(simulatorAddress)] });
  writeJson(files.apiKeysFile, [{ name: 'development', tenant: TENANT, keyFile: 'secrets/api.key' }]);
  writeJson(files.simulatorFile, simulatorSettings(webhookUrl));
  return files;
}

function accountEntry(simulatorAddress: string): object {
  return {
    id: ACCOUNT,
    tenant: TENANT,
    profile: PROFILE,
    api: { baseUrl: simulatorAddress, tokenUrl: `${simulatorAddress}/api/v2/oauth2/token` },
    client: { id: CLIENT, secretFile: `secrets/${ACCOUNT}.client` },
    webhookSecretFiles: [`secrets/${ACCOUNT}.webhook`],
    limits: { requests: LIMIT.requests, perSeconds: LIMIT.seconds },
    senders: [SUPPORT, ALERTS],
  };
}

function simulatorSettings(webhookUrl: string): object {
  return {
    accounts: [
      {
        id: ACCOUNT,
        client: { id: CLIENT, secretFile: `secrets/${ACCOUNT}.client` },
        limit: { requests: LIMIT.requests, periodMs: LIMIT.seconds * 1000 },
        senders: [SUPPORT, ALERTS].map(({ channel, address, queueId }) => ({ channel, address, queueId })),
        webhook: { url: webhookUrl, secretFile: `secrets/${ACCOUNT}.webhook` },
        templates: [
          {
            name: 'order_update',
            language: 'en_US',
            components: [{ type: 'BODY', text: 'Your order {{1}} arrives {{2}}.' }],
          },
        ],
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
