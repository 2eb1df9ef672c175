import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  definitionKey,
  EVENTS,
  templateKey,
  TOPICS,
  type CampaignAction,
  type CampaignDefinition,
  type CampaignState,
  type CloudEvent,
  type EventContract,
  type TemplateDefinition,
  type TemplateState,
} from '@heliograph/contracts';
import { gateKey, progressKey } from '@heliograph/campaigns';
import { connectKafka, EventPublisher, newEvent } from '@heliograph/kafka';
import { RedisClient } from '@heliograph/redis';
import { Log, Readiness, type RunningService } from '@heliograph/runtime';
import {
  followTopic,
  startPrivateRedis,
  testKafkaBrokers,
  uniqueNamespace,
  waitFor,
  type Following,
  type RunningRedis,
} from '@heliograph/testing';
import { gateVersionKey } from '../src/campaigns/keys.ts';
import { CampaignRunnerConfig } from '../src/config.ts';
import type { CampaignAsked } from '../src/fold/fold-order.ts';
import { startCampaignRunner } from '../src/service.ts';
import { createdEvent, definitionOf, orderEvent, START } from './campaign-builders.ts';

export const PARTITIONS = 3;
/** As fast as a small machine makes it. */
const WAIT_MS = 30_000;

/** What a reader of `campaign.state` saw, with the gate as it was when it read. */
export interface Seen {
  readonly state: CampaignState;
  readonly gate: string | null;
  readonly gateVersion: number;
}

/** Replicas of the service on the shared Kafka and a Redis of their own, in virtual time. */
export class StartedRunners {
  readonly namespace = uniqueNamespace('campaign-service');
  readonly services: RunningService[] = [];
  readonly seen: Seen[] = [];
  /** Milliseconds. */
  now = START;
  private readonly accountsFile = writeAccounts();
  readonly publisher = new EventPublisher(
    connectKafka({
      ...{ brokers: testKafkaBrokers(), clientId: 'spec', namespace: this.namespace },
      conversationPartitions: PARTITIONS,
    }),
  );
  private reader: Following | undefined;

  private constructor(
    private readonly server: RunningRedis,
    readonly redis: RedisClient,
  ) {}

  static async open(): Promise<StartedRunners> {
    const server = await startPrivateRedis();
    const runners = new StartedRunners(server, new RedisClient({ url: server.url, namespace: '' }));
    await runners.redis.whenUp();
    await runners.start();
    const topic = runners.namespace + TOPICS.campaignState.name;
    runners.reader = await followTopic({
      ...{ brokers: testKafkaBrokers(), topic, group: `${topic}.reader` },
      onRecord: ({ json }) => runners.see(json as CampaignState),
    });
    return runners;
  }

  async start(): Promise<void> {
    const config = Object.assign(new CampaignRunnerConfig(), {
      ...{ kafkaBrokers: testKafkaBrokers(), redisUrl: this.server.url, namespace: this.namespace },
      ...{ conversationPartitions: PARTITIONS, sessionTimeoutMs: 6_000, heartbeatMs: 200 },
      ...{ publishDeadlineMs: 1_000, publishTryMs: 800, accountsFile: this.accountsFile },
      consentKey: 'a key of thirty-two bytes or more',
    });
    const log = Log.open({ service: 'test', level: 'silent' });
    this.services.push(await startCampaignRunner(config, log, () => this.now));
  }

  async close(): Promise<void> {
    const isReady = async () => Object.keys(await this.services[0]!.app.get(Readiness).problems()).length === 0;
    await waitFor(isReady, { timeoutMs: WAIT_MS, description: 'the service is ready' });
    await this.reader?.close();
    await Promise.all(this.services.map((service) => service.stop()));
    await this.publisher.close();
    await this.redis.close();
    await this.server.stop();
  }

  /** A campaign that was started. */
  async campaign(over: Partial<CampaignDefinition> = {}): Promise<CampaignDefinition> {
    const definition = definitionOf(over);
    await this.ask(EVENTS.campaignCreated, createdEvent(definition));
    await this.order(definition, 'start');
    return definition;
  }

  order(of: CampaignDefinition, action: CampaignAction): Promise<void> {
    return this.ask(EVENTS.campaignOrder, orderEvent(of, action));
  }

  ask(contract: EventContract, event: CloudEvent<CampaignAsked>): Promise<void> {
    return this.publisher.publish([{ contract, event }]);
  }

  /** What template-registry tells of the template that campaigns here are sent by. */
  async template(status: TemplateState['status'], name = 'spring_sale', over: Partial<TemplateDefinition> = {}) {
    const of = { tenant: 'acme', account: 'acme-genesys', channel: 'sms' as const };
    const definition: TemplateDefinition = {
      ...{ ...of, name, providerName: name, version: 1, variables: [], fallbacks: [], emoji: 'keep' },
      ...{ languages: [{ language: 'en', body: { text: 'Spring!', variables: [] } }] },
      ...{ appliedAt: '2026-03-01T08:00:00.000Z', ...over },
    };
    const state: TemplateState = {
      ...{ ...of, name, language: 'en', status, providerTemplateId: name, parameterCount: 0 },
      ...{ headerParameterCount: 0, checkedAt: '2026-03-01T08:00:00.000Z' },
    };
    await this.publisher.publish([
      outgoing(EVENTS.templateDefinition, definitionKey(definition), definition),
      outgoing(EVENTS.templateState, templateKey(state), state),
    ]);
  }

  /** Waits until the last state that was read is one of these. */
  async until({ campaignId }: CampaignDefinition, state: string): Promise<CampaignState> {
    const last = () => this.states(campaignId).at(-1);
    const isIt = () => [last()?.state, last()?.ending].filter(Boolean).join(' ending ') === state && last();
    return waitFor(isIt, { timeoutMs: WAIT_MS, description: `the campaign is ${state}, not ${last()?.state}` });
  }

  /** As a reader takes them that drops versions it has read. */
  states(campaignId: string): CampaignState[] {
    const states: CampaignState[] = [];
    for (const { state } of this.seen)
      if (state.campaignId === campaignId && state.version > (states.at(-1)?.version ?? 0)) states.push(state);
    return states;
  }

  gateOf({ campaignId }: CampaignDefinition): Promise<string | null> {
    return this.redis.call((client) => client.get(this.namespace + gateKey(campaignId)));
  }

  /** Every recipient was given and has ended, as the expander and the counts say it. */
  async drain({ campaignId }: CampaignDefinition, counts: Record<string, number>): Promise<void> {
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const own = partition === 0 ? counts : {};
      const key = this.namespace + progressKey(partition, campaignId);
      await this.redis.call((client) => client.hset(key, { closed: '1', ...own }));
    }
  }

  private async see(state: CampaignState): Promise<void> {
    const keys = [gateKey(state.campaignId), gateVersionKey(state.campaignId)].map((key) => this.namespace + key);
    const [gate, version] = await Promise.all(keys.map((key) => this.redis.call((client) => client.get(key))));
    this.seen.push({ state, gate: gate ?? null, gateVersion: Number(version ?? -1) });
  }
}

function writeAccounts(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-campaigns-'));
  const file = join(folder, 'accounts.json');
  const api = { baseUrl: 'http://127.0.0.1:1', tokenUrl: 'http://127.0.0.1:1/token' };
  const account = {
    ...{ id: 'acme-genesys', tenant: 'acme', profile: 'genesys-guide', api },
    ...{ client: { id: 'client', secretFile: 'client' }, webhookSecretFiles: ['webhook'] },
    limits: { tenant: { requests: 1_000, perSeconds: 1 } },
    senders: [{ name: 'alerts', channel: 'sms', addresses: ['+15550001111'], queueId: 'q' }],
  };
  writeFileSync(file, JSON.stringify({ accounts: [account] }));
  return file;
}

function outgoing(contract: EventContract, key: string, data: TemplateDefinition | TemplateState) {
  const parts = { id: crypto.randomUUID(), key, data, tenant: data.tenant, source: '/heliograph/spec' };
  return { contract, event: newEvent(contract, parts) };
}
