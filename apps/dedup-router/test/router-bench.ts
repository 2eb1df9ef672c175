import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  deadLetterTopic,
  EVENTS,
  factId,
  mappingKey,
  TOPICS,
  type Channel,
  type CloudEvent,
  type ConversationMapped,
  type Parties,
  type RoutingChanged,
  type TemplateChanged,
} from '@heliograph/contracts';
import {
  connectKafka,
  ensureTopics,
  EventPublisher,
  followTopic,
  newEvent,
  type FollowedTopic,
  type Kafka,
} from '@heliograph/kafka';
import { FreshnessStore, RedisClient, type FreshnessStage } from '@heliograph/redis';
import { Log, Readiness, type RunningService } from '@heliograph/runtime';
import {
  dropTopics,
  parties,
  readAll,
  testKafkaBrokers,
  testRedisUrl,
  uniqueNamespace,
  waitFor,
  type GuideEvent,
  type PartiesOptions,
  type ReadRecord,
} from '@heliograph/testing';
import { RouterConfig, SERVICE } from '../src/config.ts';
import { startRouter } from '../src/service.ts';

const PARTITIONS = 3;
export const ACCOUNT = 'acme-genesys';
export const DEAD_LETTERS = deadLetterTopic(TOPICS.webhookReceived, SERVICE);

/** How an event comes to the router; the rest as ingress-webhooks writes it. */
export interface Arriving {
  readonly account?: string;
  readonly profile?: string;
  /** Record key; the provider conversation when absent. */
  readonly key?: string;
}

export type Fact = CloudEvent<Parties & Record<string, unknown>>;

/** A router in this process with a namespace of its own, and what it published. */
export class RouterBench {
  readonly inbound: Fact[] = [];
  readonly mapped: CloudEvent<ConversationMapped>[] = [];
  readonly routing: CloudEvent<RoutingChanged>[] = [];
  readonly templates: CloudEvent<TemplateChanged>[] = [];
  readonly logLines: string[] = [];
  readonly brokers = testKafkaBrokers();
  readonly kafka: Kafka;
  service!: RunningService;
  publisher!: EventPublisher;
  private readers: FollowedTopic[] = [];
  readonly namespace = uniqueNamespace('router');
  private readonly folder = mkdtempSync(join(tmpdir(), 'router-'));
  private readonly config: RouterConfig;

  private constructor(redisUrl: string) {
    const shared = { namespace: this.namespace, conversationPartitions: PARTITIONS, heartbeatMs: 200 };
    const accountsFile = join(this.folder, 'accounts.json');
    const rest = { kafkaBrokers: this.brokers, redisUrl, accountsFile, shutdownGraceMs: 5_000 };
    this.config = Object.assign(new RouterConfig(), { ...shared, ...rest });
    this.kafka = connectKafka({ brokers: this.brokers, clientId: 'router-spec', ...shared });
    writeFileSync(accountsFile, JSON.stringify({ accounts: [accountEntry()] }));
  }

  /** @param redisUrl a Redis of the test's own; the shared one when absent */
  static async open(redisUrl = testRedisUrl()): Promise<RouterBench> {
    const bench = new RouterBench(redisUrl);
    const { webhookReceived, conversationInbound, conversationMapping, routingEvent, templateEvent } = TOPICS;
    const read = [conversationInbound, conversationMapping, routingEvent, templateEvent];
    await ensureTopics(bench.kafka, [webhookReceived, ...read]);
    bench.publisher = new EventPublisher(bench.kafka);
    await bench.start();
    bench.readers = [
      followTopic(bench.kafka, TOPICS.conversationInbound, { visit: ({ event }) => bench.inbound.push(event as Fact) }),
      followTopic(bench.kafka, TOPICS.conversationMapping, {
        visit: ({ event }) => bench.mapped.push(event as CloudEvent<ConversationMapped>),
      }),
      followTopic(bench.kafka, TOPICS.routingEvent, {
        visit: ({ event }) => bench.routing.push(event as CloudEvent<RoutingChanged>),
      }),
      followTopic(bench.kafka, TOPICS.templateEvent, {
        visit: ({ event }) => bench.templates.push(event as CloudEvent<TemplateChanged>),
      }),
    ];
    return bench;
  }

  async start(): Promise<void> {
    const destination = { write: (line: string) => void this.logLines.push(line) };
    this.service = await startRouter(this.config, Log.open({ service: 'router-spec', destination }));
    const readiness = this.service.app.get(Readiness);
    const isReady = async () => Object.keys(await readiness.problems()).length === 0;
    await waitFor(isReady, { timeoutMs: 30_000, description: 'the router is ready' });
  }

  /** Starts the router anew with one more sender in its account. */
  async restartWithSender(sender: { name: string; addresses: string[] }): Promise<void> {
    await this.service.stop();
    const account = accountEntry();
    account.senders.push({ ...sender, channel: 'whatsapp', queueId: 'queue-3' });
    writeFileSync(this.config.accountsFile, JSON.stringify({ accounts: [account] }));
    await this.start();
  }

  async close(): Promise<void> {
    await this.service.stop();
    await Promise.all(this.readers.map((reader) => reader.close()));
    await this.publisher.close();
    await dropTopics(this.brokers, this.namespace);
    rmSync(this.folder, { recursive: true });
  }

  /** The lowest mark of a path; undefined while a partition has none. */
  async mark(redis: RedisClient, path: FreshnessStage): Promise<number | undefined> {
    return (await new FreshnessStore(redis, path).read(PARTITIONS)).lowest?.ms;
  }

  /** A client of the router's Redis, under its namespace. */
  redisClient(): RedisClient {
    return new RedisClient({ url: this.config.redisUrl, namespace: this.namespace });
  }

  /** Puts events on the topic as ingress-webhooks does, in this order. */
  async receive(events: readonly object[], arriving: Arriving = {}): Promise<void> {
    const { account = ACCOUNT, profile = 'genesys-guide' } = arriving;
    await this.publisher.publish(
      events.map((data) => {
        const { id = 'none', conversation } = data as Partial<GuideEvent>;
        const key = arriving.key ?? conversation?.id ?? 'none';
        const extensions = { account, profile };
        const parts = { id: eventIdOf({ id }, account), key, data, extensions, tenant: 'acme', source: '/spec' };
        return { contract: EVENTS.webhookReceived, event: newEvent(EVENTS.webhookReceived, parts) };
      }),
    );
  }

  /** Publishes a mapping as the dispatcher does when it opened the conversation. */
  async map(providerConversationId: string, owner: Parties): Promise<void> {
    const at = new Date().toISOString();
    const data: ConversationMapped = { ...owner, providerConversationId, at };
    const key = mappingKey(owner.tenant, owner.account, providerConversationId);
    const event = newEvent(EVENTS.conversationMapped, { id: factId(key), key, data, tenant: 'acme', source: '/spec' });
    await this.publisher.publish([{ contract: EVENTS.conversationMapped, event }]);
  }

  /** The facts that were made of an event. */
  factsOf({ id }: { id: string }): Fact[] {
    const wanted = factId(eventIdOf({ id }, ACCOUNT), 0);
    return this.inbound.filter((fact) => fact.id === wanted);
  }

  async fact(event: { id: string }, timeoutMs = 20_000): Promise<Fact> {
    return waitFor(() => this.factsOf(event)[0], { timeoutMs, description: `event ${event.id} is routed` });
  }

  async deadLettersOf({ id }: { id: string }): Promise<ReadRecord[]> {
    const records = await readAll(this.brokers, this.kafka.physical(DEAD_LETTERS.name));
    return records.filter(({ headers }) => headers.ce_id === eventIdOf({ id }, ACCOUNT));
  }

  /** Its dead letter, when it is there. */
  async deadLetter(event: { id: string }, timeoutMs = 20_000): Promise<ReadRecord> {
    const find = async () => (await this.deadLettersOf(event))[0];
    return waitFor(find, { timeoutMs, description: `event ${event.id} is dead-lettered` });
  }

  /** Resolves when everything received before on the lane of `conversationId` is dealt with. */
  async passed(conversationId: string, lastEvent: GuideEvent): Promise<void> {
    await this.receive([lastEvent], { key: conversationId });
    await this.fact(lastEvent);
  }
}

const eventIdOf = ({ id }: { id: string }, account: string): string => factId(`${account}/${id}`);

/** A contact of the account's WhatsApp sender. */
export const partiesOf = (options: PartiesOptions = {}): Parties => parties({ account: ACCOUNT, ...options });

/** Where customers of the other channels write to: ids that the platforms gave. */
export const PLATFORM_IDS = {
  web: 'deployment-7f3a',
  facebook: '106540352242922',
  instagram: '17841405822304914',
  x: '2244994945',
  apple: 'urn:biz:0a1b',
  line: 'U4af4980629',
  open: 'acme:kiosk',
} as const satisfies Partial<Record<Channel, string>>;

function accountEntry() {
  return {
    id: ACCOUNT,
    tenant: 'acme',
    profile: 'genesys-guide',
    api: { baseUrl: 'http://127.0.0.1:1', tokenUrl: 'http://127.0.0.1:1/token' },
    client: { id: 'client', secretFile: 'not-read' },
    webhookSecretFiles: ['not-read'],
    senders: [
      {
        name: 'support',
        channel: 'whatsapp',
        addresses: ['+1 (555) 000-9876', '+1 (555) 000-9877'],
        queueId: 'queue-1',
      },
      { name: 'alerts', channel: 'sms', addresses: ['+15550001111'], queueId: 'queue-2' },
      ...Object.entries(PLATFORM_IDS).map(([channel, address]) => ({
        ...{ name: 'support', channel, addresses: [address] },
        queueId: 'queue-1',
      })),
    ],
  };
}
