import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountBuckets, loadAccounts, type LimitBucket } from '@heliograph/accounts';
import { TOPICS, type TemplateState } from '@heliograph/contracts';
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
}

export function accountsFile(...accounts: AccountOptions[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-registry-'));
  writeFileSync(join(folder, 'client'), SECRET);
  const entries = accounts.map(({ url, profile = 'genesys-guide', id = ACCOUNT, limits }, index) => ({
    id,
    tenant: 'acme',
    profile,
    api: { baseUrl: url, tokenUrl: `${url}/token` },
    client: { id: 'client', secretFile: 'client' },
    webhookSecretFiles: ['webhook'],
    limits: { tenant: limits ?? TENANT_LIMIT },
    senders: [{ name: `support-${id}`, channel: 'whatsapp', addresses: [`+1555000987${index}`], queueId: 'q' }],
  }));
  const file = join(folder, 'accounts.json');
  writeFileSync(file, JSON.stringify({ accounts: entries }));
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
      pollSeconds: 0.2,
      leaseMs: 1_500,
      ...over,
    });
    const lines: Record<string, unknown>[] = [];
    const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
    const service = await startTemplateRegistry(config, Log.open({ service: 'test', destination }));
    return new TestRegistry(service, lines);
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

  static async open(namespace: string): Promise<TopicView> {
    const view = new TopicView();
    const topic = namespace + TOPICS.templateState.name;
    const onRecord = (record: ReadRecord): void => void view.records.push(record);
    view.reader = await followTopic({ brokers: testKafkaBrokers(), topic, group: `${namespace}reader`, onRecord });
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
