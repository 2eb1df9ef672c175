import type { DevFiles } from './dev-files.ts';

/** The services of the stack, the provider first: the others look for it when they start. */
export const SERVICE_NAMES = [
  'provider-simulator',
  'ingress-webhooks',
  'dedup-router',
  'session-state',
  'outbound-dispatcher',
  'template-registry',
  'crm-sync',
  'messaging-api',
] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What the services of a stack share. */
export interface StackContext {
  kafkaBrokers: string;
  redisUrl: string;
  namespace: string;
  /** Address of every service by its name, known before it starts. */
  addresses: Readonly<Record<ServiceName, string>>;
  files: DevFiles;
}

/** Settings of one service beyond HOST, PORT and LOG_FORMAT. */
export type Settings = Readonly<Record<string, string>>;

const kafka = (c: StackContext): Settings => ({ KAFKA_BROKERS: c.kafkaBrokers, NAMESPACE: c.namespace });
const kafkaAndRedis = (c: StackContext): Settings => ({ ...kafka(c), REDIS_URL: c.redisUrl });
const accounts = (c: StackContext): Settings => ({ ACCOUNTS_FILE: c.files.accountsFile });

/** What each service is told. */
export const SERVICE_SETTINGS: Record<ServiceName, (context: StackContext) => Settings> = {
  'provider-simulator': (c) => ({ SIMULATOR_FILE: c.files.simulatorFile }),
  'ingress-webhooks': (c) => ({ ...kafka(c), ...accounts(c) }),
  'dedup-router': (c) => ({ ...kafkaAndRedis(c), ...accounts(c) }),
  'session-state': (c) => kafkaAndRedis(c),
  'outbound-dispatcher': (c) => ({ ...kafkaAndRedis(c), ...accounts(c) }),
  'template-registry': (c) => ({ ...kafkaAndRedis(c), ...accounts(c) }),
  'crm-sync': (c) => ({
    ...kafkaAndRedis(c),
    CRM_URL: `${c.addresses['provider-simulator']}/crm/v1`,
    CRM_API_KEY_FILE: c.files.crmKeyFile,
  }),
  'messaging-api': (c) => ({ ...kafkaAndRedis(c), ...accounts(c), API_KEYS_FILE: c.files.apiKeysFile }),
};
