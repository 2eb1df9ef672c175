import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel } from '@heliograph/contracts';
import {
  BILLING_QUEUE,
  CANNED_RESPONSES,
  CONSENT,
  CONTENT_FILTERS,
  REPLY_ROUTES,
  TEMPLATES,
  TENANT,
} from './examples.ts';
import { sendersOf, type SenderOptions } from './senders.ts';

/** Who sends, on which account, with which secrets. */
export interface DevelopmentAccount {
  id: string;
  tenant: string;
  profile: string;
  client: { id: string; secret: string };
  webhookSecret: string;
  webhookUrl: string;
  senders: { name: string; channel: Channel; address: string }[];
}

/** Paths and contents of what a system with the simulated provider is configured with. */
export interface SystemFiles {
  accountsFile: string;
  apiKeysFile: string;
  simulatorFile: string;
  crmKeyFile: string;
  contentFiltersFile: string;
  cannedResponsesFile: string;
  replyRoutingFile: string;
  consentFile: string;
  consentKeyFile: string;
  apiKey: string;
  crmKey: string;
  accounts: DevelopmentAccount[];
}

export interface Limit {
  requests: number;
  perSeconds: number;
}

/** As the accounts file has them; `null`: none. */
export interface SystemLimits {
  tenant?: Limit;
  client?: Limit | null;
  number?: Limit | null;
  agentless?: Limit | null;
  campaign?: Limit | null;
  pair?: { perSeconds: number; borrow: number } | null;
  /** Of the account; the simulated provider has no such limits. No creation waits when absent. */
  templates?: { creations?: Limit | null; calls?: Limit | null };
}

export interface SystemFilesOptions extends SenderOptions {
  /** Where they are written. Secrets found there are kept. */
  folder: string;
  ingressAddress: string;
  simulatorAddress: string;
  /** The one limit of all requests, on both sides: no other one holds then. Those of the guides when absent. */
  limit?: Limit;
  /** Others beside it, or in the place of those of the guides, on both sides. */
  limits?: SystemLimits;
  /** Whether the account has another OAuth client to move to. */
  secondaryClient?: boolean;
  /** What the ingress registers at the provider, which then delivers there; to the ingress, unasked, when absent. */
  registrations?: readonly string[];
  /** Milliseconds the dispatcher waits for an answer of the provider. */
  requestTimeoutMs?: number;
  /** More settings of the simulator's webhooks: repeats, receipts, order. */
  webhook?: Readonly<Record<string, unknown>>;
  /** How the simulator reviews templates, in its words; not at all when absent. */
  review?: Readonly<Record<string, unknown>>;
}

const ACCOUNT = 'acme-genesys';
const PROFILE = 'genesys-guide';
const CLIENT = 'acme-client';
const SECOND_CLIENT = 'acme-second-client';
const NO_OTHER: SystemLimits = { number: null, agentless: null, campaign: null, pair: null };

const limitsOf = ({ limit, limits }: SystemFilesOptions): SystemLimits => ({
  ...(limit && { ...NO_OTHER, tenant: limit }),
  ...limits,
});

/**
 * Writes accounts, API key, CRM key, content filters, canned responses, reply routes, consent and the simulator's settings into a
 * folder. Secrets are made up once and stay the same until the folder is removed; they open nothing but this system.
 */
export function writeSystemFiles(options: SystemFilesOptions): SystemFiles {
  const { folder } = options;
  mkdirSync(join(folder, 'secrets'), { recursive: true });
  const secret = (name: string): string => keepSecret(join(folder, 'secrets', name));
  const webhookUrl = webhookUrlOf(options);
  const files: SystemFiles = {
    accountsFile: join(folder, 'accounts.json'),
    apiKeysFile: join(folder, 'api-keys.json'),
    simulatorFile: join(folder, 'simulator.json'),
    crmKeyFile: join(folder, 'secrets', 'crm.key'),
    contentFiltersFile: join(folder, 'content-filters.json'),
    cannedResponsesFile: join(folder, 'canned-responses.json'),
    replyRoutingFile: join(folder, 'reply-routing.json'),
    consentFile: join(folder, 'consent.json'),
    consentKeyFile: join(folder, 'secrets', 'consent.key'),
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
        senders: sendersOf(options).map(({ name, channel, addresses }) => ({ name, channel, address: addresses[0]! })),
      },
    ],
  };
  secret('consent.key');
  if (options.secondaryClient) secret(`${ACCOUNT}.second-client`);
  writeJson(files.accountsFile, { accounts: [accountEntry(options)] });
  writeJson(files.apiKeysFile, [{ name: 'development', tenant: TENANT, keyFile: 'secrets/api.key' }]);
  writeJson(files.contentFiltersFile, { filters: CONTENT_FILTERS });
  writeJson(files.cannedResponsesFile, { responses: CANNED_RESPONSES });
  writeJson(files.replyRoutingFile, { replies: REPLY_ROUTES });
  writeJson(files.consentFile, { tenants: CONSENT });
  writeJson(files.simulatorFile, simulatorSettings(options, webhookUrl));
  return files;
}

const webhookUrlOf = ({ ingressAddress }: SystemFilesOptions): string =>
  `${ingressAddress}/webhooks/${PROFILE}/${ACCOUNT}`;

function accountEntry(options: SystemFilesOptions): object {
  const { simulatorAddress, requestTimeoutMs, secondaryClient, registrations } = options;
  return {
    id: ACCOUNT,
    tenant: TENANT,
    profile: PROFILE,
    api: { baseUrl: simulatorAddress, tokenUrl: `${simulatorAddress}/api/v2/oauth2/token` },
    client: { id: CLIENT, secretFile: `secrets/${ACCOUNT}.client` },
    ...(secondaryClient && { secondaryClient: { id: SECOND_CLIENT, secretFile: `secrets/${ACCOUNT}.second-client` } }),
    webhookSecretFiles: [`secrets/${ACCOUNT}.webhook`],
    ...(registrations && { subscriptions: { endpoint: webhookUrlOf(options), register: registrations } }),
    limits: { templates: { creations: null }, ...limitsOf(options) },
    ...(requestTimeoutMs !== undefined && { requestTimeoutMs }),
    senders: sendersOf(options),
  };
}

function simulatorSettings(options: SystemFilesOptions, webhookUrl: string): object {
  const { webhook, secondaryClient, registrations, review } = options;
  const to = registrations ? { deliverTo: 'subscriptions' } : { url: webhookUrl };
  const numbers = sendersOf(options).flatMap(({ addresses, channel, queueId }) =>
    addresses.map((address) => ({ channel, address, queueId })),
  );
  return {
    accounts: [
      {
        id: ACCOUNT,
        client: { id: CLIENT, secretFile: `secrets/${ACCOUNT}.client` },
        ...(secondaryClient && {
          secondaryClient: { id: SECOND_CLIENT, secretFile: `secrets/${ACCOUNT}.second-client` },
        }),
        limits: simulated(limitsOf(options)),
        senders: numbers,
        queues: [BILLING_QUEUE],
        webhook: { ...to, secretFile: `secrets/${ACCOUNT}.webhook`, ...webhook },
        templates: TEMPLATES,
        ...(review && { review }),
      },
    ],
    crm: { apiKeyFile: 'secrets/crm.key' },
  };
}

/** The same limits in the simulator's words. */
function simulated({ pair, templates: _own, ...limits }: SystemLimits): object {
  const given = Object.entries(limits).map(([name, limit]) => [
    name,
    limit && { requests: limit.requests, periodMs: limit.perSeconds * 1000 },
  ]);
  const pairs = pair === undefined ? {} : { pair: pair && { everyMs: pair.perSeconds * 1000, borrow: pair.borrow } };
  return { ...(Object.fromEntries(given) as object), ...pairs };
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
