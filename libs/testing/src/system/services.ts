import type { SystemFiles } from './system-files.ts';

/** The services of the system, the provider first: the others look for it when they start. */
export const SERVICE_NAMES = [
  'provider-simulator',
  'ingress-webhooks',
  'dedup-router',
  'session-state',
  'outbound-dispatcher',
  'template-registry',
  'crm-sync',
  'campaign-runner',
  'messaging-api',
] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What the services of one system share. */
export interface SystemContext {
  kafkaBrokers: string;
  redisUrl: string;
  namespace: string;
  /** Address of every service by its name, known before it starts. */
  addresses: Readonly<Record<ServiceName, string>>;
  files: SystemFiles;
}

/** Settings of one service beyond HOST, PORT and LOG_FORMAT. */
export type Settings = Readonly<Record<string, string>>;

const kafka = (c: SystemContext): Settings => ({ KAFKA_BROKERS: c.kafkaBrokers, NAMESPACE: c.namespace });
const kafkaAndRedis = (c: SystemContext): Settings => ({ ...kafka(c), REDIS_URL: c.redisUrl });
const accounts = (c: SystemContext): Settings => ({ ACCOUNTS_FILE: c.files.accountsFile });

/** Names contacts where their consent is kept: the same in every service. */
const consent = (c: SystemContext): Settings => ({ CONSENT_KEY_FILE: c.files.consentKeyFile });
const filters = (c: SystemContext): Settings => ({ CONTENT_FILTERS_FILE: c.files.contentFiltersFile });

/** What each service is told, in development and in end-to-end tests alike. */
export const SERVICE_SETTINGS: Record<ServiceName, (context: SystemContext) => Settings> = {
  'provider-simulator': (c) => ({ SIMULATOR_FILE: c.files.simulatorFile }),
  'ingress-webhooks': (c) => ({ ...kafkaAndRedis(c), ...accounts(c), SUBSCRIPTION_SECONDS: '5' }),
  'dedup-router': (c) => ({ ...kafkaAndRedis(c), ...accounts(c) }),
  'session-state': (c) => ({
    ...{ ...kafkaAndRedis(c), ...consent(c) },
    REPLY_ROUTING_FILE: c.files.replyRoutingFile,
    CONSENT_FILE: c.files.consentFile,
  }),
  'outbound-dispatcher': (c) => ({ ...kafkaAndRedis(c), ...accounts(c), ...filters(c), ...consent(c) }),
  'template-registry': (c) => ({ ...kafkaAndRedis(c), ...accounts(c), API_KEYS_FILE: c.files.apiKeysFile }),
  'crm-sync': (c) => ({
    ...{ ...kafka(c), ...consent(c) },
    CRM_URL: `${c.addresses['provider-simulator']}/crm`,
    CRM_API_KEY_FILE: c.files.crmKeyFile,
  }),
  'campaign-runner': (c) => ({ ...kafkaAndRedis(c), ...accounts(c), ...consent(c) }),
  'messaging-api': (c) => ({
    ...{ ...kafkaAndRedis(c), ...accounts(c), ...filters(c), ...consent(c) },
    API_KEYS_FILE: c.files.apiKeysFile,
    CANNED_RESPONSES_FILE: c.files.cannedResponsesFile,
  }),
};
