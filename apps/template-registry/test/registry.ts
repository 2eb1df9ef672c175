import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountBuckets, loadAccounts, type LimitBucket } from '@heliograph/accounts';
import { TOPICS, type TemplateState, type TopicDefinition } from '@heliograph/contracts';
import { Log, type RunningService } from '@heliograph/runtime';
import { followTopic, testKafkaBrokers, testRedisUrl, type Following, type ReadRecord } from '@heliograph/testing';
import { TemplateRegistryConfig } from '../src/config.ts';
import { startTemplateRegistry } from '../src/service.ts';

export const ACCOUNT = 'acme-genesys';
export const SECRET = 'client-secret-0123456789';

const TENANT_LIMIT = { requests: 2_000, perSeconds: 10 };

export interface AccountOptions {
  readonly url: string;
  readonly profile?: string;
  readonly id?: string;
  readonly limits?: { requests: number; perSeconds: number };
  readonly templates?: { creations?: object | null; calls?: object | null };
  readonly tenant?: string;
}

export function accountsFile(...accounts: AccountOptions[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-registry-'));
  writeFileSync(join(folder, 'client'), SECRET);
  const entries = accounts.map(
    ({ url, profile = 'genesys-guide', id = ACCOUNT, tenant = 'acme', limits, templates }, index) => ({
      id,
      tenant,
      profile,
      api: { baseUrl: url, tokenUrl: `${url}/token` },
      client: { id: 'client', secretFile: 'client' },
      webhookSecretFiles: ['webhook'],
      limits: { tenant: limits ?? TENANT_LIMIT, templates: { creations: null, ...templates } },
      senders: [
        { name: `support-${id}`, channel: 'whatsapp', addresses: [`+1555000987${index}`], queueId: 'q' },
        { name: `alerts-${id}`, channel: 'sms', addresses: [`+1555000111${index}`], queueId: 'q' },
      ],
    }),
  );
  const file = join(folder, 'accounts.json');
  writeFileSync(file, JSON.stringify({ accounts: entries }));
  return file;
}

/** API keys of both tenants. */
export const KEYS = { acme: 'acme-key-0123456789', globex: 'globex-key-0123456789' } as const;

function apiKeysFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-registry-'));
  for (const [tenant, key] of Object.entries(KEYS)) writeFileSync(join(folder, tenant), key);
  const file = join(folder, 'keys.json');
  writeFileSync(file, JSON.stringify(Object.keys(KEYS).map((tenant) => ({ name: tenant, tenant, keyFile: tenant }))));
  return file;
}

/** The buckets that every request of the registry takes from, as the dispatcher has them, too. */
export function sharedBuckets(url: string): readonly LimitBucket[] {
  const accounts = loadAccounts(accountsFile({ url }), { secrets: [] });
  return new AccountBuckets(accounts.byId(ACCOUNT)!).request('client');
}

/** A registry that reads five times a second, with what it logs. */
export class TestRegistry {
  private constructor(
    readonly service: RunningService,
    readonly lines: Record<string, unknown>[],
  ) {}

  static async start(namespace: string, over: Partial<TemplateRegistryConfig>): Promise<TestRegistry> {
    const config = Object.assign(new TemplateRegistryConfig(), {
      kafkaBrokers: testKafkaBrokers(),
      redisUrl: testRedisUrl(),
      namespace,
      apiKeysFile: apiKeysFile(),
      pollSeconds: 0.2,
      leaseMs: 1_500,
      ...over,
    });
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
    const service = await startTemplateRegistry(config, Log.open({ service: 'test', destination }));
    return new TestRegistry(service, lines);
  }

  /** A request to its API, by whoever has the key. */
  async call<T = Record<string, unknown>>(
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    key: string = KEYS.acme,
  ): Promise<{ status: number; json: T }> {
    const response = await fetch(this.service.address + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as T };
  }

  /** Why it is not ready; undefined when it is. */
  async problems(): Promise<string | undefined> {
    const answer = await fetch(`${this.service.address}/health/ready`);
    return answer.ok ? undefined : await answer.text();
  }

  /** The value of a sample of its metrics, by its name and labels as they are written. */
  async metric(sample: string): Promise<number | undefined> {
    const text = await (await fetch(`${this.service.address}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${sample} `));
    return line === undefined ? undefined : Number(line.slice(sample.length));
  }

  stop(): Promise<void> {
    return this.service.stop();
  }
}

/** What an independent reader sees on the topic. */
export class TopicView {
  readonly records: ReadRecord[] = [];
  private reader: Following | undefined;

  static async open(namespace: string, of: TopicDefinition = TOPICS.templateState): Promise<TopicView> {
    const view = new TopicView();
    const topic = namespace + of.name;
    const onRecord = (record: ReadRecord): void => void view.records.push(record);
    view.reader = await followTopic({
      brokers: testKafkaBrokers(),
      topic,
      group: `${namespace}reader-${of.name}`,
      onRecord,
    });
    return view;
  }

  /** The last state of each template, by name. */
  get states(): Record<string, TemplateState> {
    const states = this.records.map(({ json }) => json as TemplateState);
    return Object.fromEntries(states.map((state) => [state.name, state]));
  }

  get statuses(): Record<string, string> {
    return Object.fromEntries(Object.entries(this.states).map(([name, { status }]) => [name, status]));
  }

  async close(): Promise<void> {
    await this.reader?.close();
  }
}
