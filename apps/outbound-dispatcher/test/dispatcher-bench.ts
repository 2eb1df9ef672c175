import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gateKey, type GateWord } from '@heliograph/campaigns';
import {
  consentKey,
  EVENTS,
  TOPICS,
  type CloudEvent,
  type ConsentPurposes,
  type EventContract,
  type Parties,
  type RoutingChanged,
  type SendMessage,
  type SessionSnapshot,
  type TemplateState,
} from '@heliograph/contracts';
import { CONSENT_GROUP, consentStateKey, EarlyStops, Subjects } from '@heliograph/consent';
import { SESSION_STATE, sessionKey, windowKey } from '@heliograph/conversations';
import {
  connectKafka,
  ensureTopics,
  EventPublisher,
  followTopic,
  newEvent,
  partitionOf,
  type FollowedTopic,
  type Kafka,
  type OutgoingEvent,
} from '@heliograph/kafka';
import { profileOf, type Profile } from '@heliograph/providers';
import { fenceKey, FencedGate, partitionKey, RedisClient } from '@heliograph/redis';
import { Log, Readiness, type RunningService } from '@heliograph/runtime';
import { dropTopics, testKafkaBrokers, testRedisUrl, uniqueNamespace, waitFor } from '@heliograph/testing';
import { DispatcherConfig } from '../src/config.ts';
import { StopFreshness } from '../src/consent/stop-freshness.ts';
import { startDispatcher } from '../src/service.ts';
import type { GivenCommand } from './commands.ts';
import { TemplateFreshness } from '../src/templates/template-freshness.ts';
import { ProviderStub, type ProviderAccount } from './provider-stub.ts';
import { StopMarks } from './stop-marks.ts';
import { TemplateMarks } from './template-marks.ts';

export * from './commands.ts';

const HOUR = 3_600_000;
const CONSENT_KEY = 'a key of thirty-two bytes or more';

export interface BenchOptions {
  /** A Redis of the test's own; the shared one when absent. */
  readonly redisUrl?: string;
  /** Milliseconds until a request to the provider is given up. */
  readonly requestTimeoutMs?: number;
  readonly partitions?: number;
  /** Provider profiles beside the real ones, by name; the accounts `<name>-<n>` have them. */
  readonly profiles?: Readonly<Record<string, Profile>>;
  /** Content filters of the tenant acme: none when absent. */
  readonly filters?: readonly object[];
  /** Quiet hours of the tenant acme, as in its file: none when absent. */
  readonly quietHours?: object;
}

/** A dispatcher in this process with a namespace of its own, its provider, and what it published. */
export class DispatcherBench {
  readonly outbound: CloudEvent<Record<string, unknown>>[] = [];
  readonly logLines: string[] = [];
  readonly kafka: Kafka;
  service!: RunningService;
  redis!: RedisClient;
  private publisher!: EventPublisher;
  private reader!: FollowedTopic;
  private readonly namespace = uniqueNamespace('dispatcher');
  private readonly folder = mkdtempSync(join(tmpdir(), 'dispatcher-'));
  private readonly config: DispatcherConfig;
  private readonly profiles: Readonly<Record<string, Profile>>;
  private accounts = 0;
  private readonly marks: TemplateMarks;
  private readonly stops: StopMarks;

  private constructor(
    private readonly provider: ProviderStub,
    options: BenchOptions,
  ) {
    this.profiles = options.profiles ?? {};
    const kafkaBrokers = testKafkaBrokers();
    const shared = { namespace: this.namespace, conversationPartitions: options.partitions ?? 3, heartbeatMs: 200 };
    this.config = Object.assign(new DispatcherConfig(), {
      ...shared,
      kafkaBrokers,
      redisUrl: options.redisUrl ?? testRedisUrl(),
      accountsFile: join(this.folder, 'accounts.json'),
      consentKey: CONSENT_KEY,
      shutdownGraceMs: 3_000,
    });
    this.kafka = connectKafka({ brokers: kafkaBrokers, clientId: 'dispatcher-spec', ...shared });
    writeFileSync(join(this.folder, 'secret'), 'secret');
    if (options.filters) this.config.contentFiltersFile = this.filtersFile(options.filters);
    if (options.quietHours) this.config.quietHoursFile = this.quietHoursFile(options.quietHours);
    const ids = (kind: string) => Array.from({ length: 20 }, (_, n) => `${kind}-${n + 1}`);
    const entry = (id: string) => accountEntry(id, provider.address, options.requestTimeoutMs ?? 10_000);
    const two = ids('two-clients').map((id) => ({ ...entry(id), secondaryClient: SECOND_CLIENT }));
    const others = Object.keys(this.profiles).flatMap((profile) =>
      ids(profile).map((id) => ({ ...entry(id), profile })),
    );
    const notifying = ids('notifying').map((id) => ({ ...entry(id), senders: [notifyingSender(id)] }));
    const accounts = [...ids('account').map(entry), ...two, ...notifying, ...others] as { id: string }[];
    this.marks = new TemplateMarks(accounts.map(({ id }) => id));
    this.stops = new StopMarks(shared.conversationPartitions);
    writeFileSync(this.config.accountsFile, JSON.stringify({ accounts }));
  }

  private filtersFile(filters: readonly object[]): string {
    const file = join(this.folder, 'filters.json');
    writeFileSync(file, JSON.stringify({ filters: filters.map((filter) => ({ tenant: 'acme', ...filter })) }));
    return file;
  }

  private quietHoursFile(hours: object): string {
    const file = join(this.folder, 'quiet-hours.json');
    writeFileSync(file, JSON.stringify({ tenants: [{ tenant: 'acme', ...hours }] }));
    return file;
  }

  static async open(options: BenchOptions = {}): Promise<DispatcherBench> {
    const bench = new DispatcherBench(await ProviderStub.start(), options);
    const { kafka } = bench;
    const { conversationCommand, conversationOutbound, templateState, templateDefinition, routingEvent } = TOPICS;
    await ensureTopics(kafka, [
      ...[conversationCommand, conversationOutbound, templateState, templateDefinition, routingEvent],
    ]);
    bench.publisher = new EventPublisher(kafka);
    bench.redis = new RedisClient({ url: bench.config.redisUrl, namespace: bench.namespace });
    await bench.redis.whenUp();
    bench.marks.keep(bench.redis);
    bench.stops.keep(bench.redis);
    await bench.admitted(CONSENT_GROUP);
    await bench.start();
    bench.reader = followTopic(kafka, conversationOutbound, {
      visit: ({ event }) => bench.outbound.push(event as CloudEvent<Record<string, unknown>>),
    });
    return bench;
  }

  /** Resolves when the dispatcher is ready for work. */
  async start(): Promise<void> {
    this.service = await startDispatcher(this.config, this.log(), (name) => this.profiles[name] ?? profileOf(name));
    await this.ready();
  }

  /** A second replica, when it has its share of the partitions. */
  async startAnother(): Promise<RunningService> {
    const another = await startDispatcher({ ...this.config }, this.log());
    await Promise.all([this.ready(another), this.ready()]);
    return another;
  }

  hasLogged(text: string): boolean {
    return this.logLines.some((line) => line.includes(text));
  }

  private log(): Log {
    const destination = { write: (line: string) => void this.logLines.push(line) };
    return Log.open({ service: 'dispatcher-spec', destination });
  }

  private async ready(service = this.service): Promise<void> {
    const readiness = service.app.get(Readiness);
    const isReady = async () => Object.keys(await readiness.problems()).length === 0;
    await waitFor(isReady, { timeoutMs: 30_000, description: 'the dispatcher is ready' });
  }

  /** Ends the dispatcher without waiting for what it has in work. */
  async abandon(): Promise<void> {
    await this.service.stop().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.service.stop().catch(() => undefined);
    await this.marks.stop();
    await this.stops.stop();
    await this.reader.close();
    await this.publisher.close();
    await this.redis.close();
    await this.provider.close();
    await dropTopics(this.config.kafkaBrokers, this.namespace);
    rmSync(this.folder, { recursive: true });
  }

  /** An account that no other test of the file uses: with one OAuth client, with `two-clients`, `notifying`, or of a profile. */
  nextAccount(kind = 'account'): { account: string; at: ProviderAccount } {
    const account = `${kind}-${++this.accounts}`;
    return { account, at: this.provider.account(account) };
  }

  async publish(...commands: SendMessage[]): Promise<void> {
    await this.give(...commands.map((data) => ({ contract: EVENTS.sendMessage, data, id: data.messageId })));
  }

  /** The same of a campaign, as campaign-runner would. */
  async publishCampaign(...commands: SendMessage[]): Promise<void> {
    await this.give(...commands.map((data) => ({ contract: EVENTS.campaignMessage, data, id: randomUUID() })));
  }

  /** Writes whether messages of a campaign may be sent now, as campaign-runner would. */
  async campaignIs(campaignId: string, word: GateWord): Promise<void> {
    await this.redis.client.set(gateKey(campaignId), word);
  }

  /** Publishes commands of any kind, in this order; `id` is that of the event. */
  async give(...commands: { contract: EventContract; data: Parties; id: string }[]): Promise<void> {
    await this.publisher.publish(
      commands.map(({ contract, data, id }) => {
        const { conversationId: key, tenant } = data;
        const event = newEvent(contract, { id, key, data, tenant, source: '/heliograph/spec' });
        return { contract, event };
      }),
    );
  }

  /** Publishes commands about conversations, in this order. */
  async command(...commands: GivenCommand[]): Promise<void> {
    await this.give(...commands.map(({ contract, data }) => ({ contract, data, id: data.commandId })));
  }

  /** What was published of a command, oldest first. */
  factsOfCommand({ data }: GivenCommand): CloudEvent<Record<string, unknown>>[] {
    return this.outbound.filter((fact) => fact.data.commandId === data.commandId);
  }

  /** The first outcome of a command about a conversation. */
  async commandOutcome(command: GivenCommand, timeoutMs = 20_000): Promise<{ type: string } & Record<string, unknown>> {
    const description = `${command.contract.type} ${command.data.commandId} has an outcome`;
    const { type, data } = await waitFor(() => this.factsOfCommand(command)[0], { timeoutMs, description });
    return { ...data, type };
  }

  /** Publishes that a provider changed a queue or skill; the dispatcher hears of it a moment later. */
  async routingChanged(change: Omit<RoutingChanged, 'tenant' | 'at'>): Promise<void> {
    const data = { tenant: 'acme', at: new Date().toISOString(), ...change };
    const parts = { id: randomUUID(), key: `acme/${change.account}`, data, tenant: 'acme', source: '/heliograph/spec' };
    const event = newEvent(EVENTS.routingChanged, parts);
    await this.publisher.publish([{ contract: EVENTS.routingChanged, event }]);
  }

  /** Resolves when the dispatcher knows that the facts of an account's templates are current, or are not any more. */
  async templatesAre(account: string, is: 'current' | 'not current'): Promise<void> {
    this.marks.set(account, is === 'current');
    const freshness = this.service.app.get(TemplateFreshness);
    const isSo = () => freshness.isCurrent(account) === (is === 'current');
    await waitFor(isSo, { description: `templates of ${account} are ${is}` });
  }

  /** Resolves when the dispatcher knows that what customers say in a conversation is folded in time, or is not any more. */
  async stopsAre(of: Parties, is: 'current' | 'behind'): Promise<void> {
    const partition = this.partitionOf(of);
    this.stops.set(partition, is === 'current');
    const freshness = this.service.app.get(StopFreshness);
    const isSo = () => freshness.isCurrent([partition]) === (is === 'current');
    await waitFor(isSo, { description: `stops of partition ${partition} are ${is}` });
  }

  /** Publishes what the registry says of a template; visible to the dispatcher a moment later. */
  async template(state: Pick<TemplateState, 'account' | 'name' | 'status'> & Partial<TemplateState>): Promise<void> {
    const rest = {
      tenant: 'acme',
      language: 'en',
      provider: 'wa-1',
      providerTemplateId: state.name,
      parameterCount: 0,
    };
    const data: TemplateState = { ...rest, checkedAt: new Date().toISOString(), ...state };
    this.provider.account(data.account).templates.set(data.providerTemplateId, data);
    const key = `acme/${data.account}/${data.name}/${data.language}`;
    const event = newEvent(EVENTS.templateState, { id: key, key, data, tenant: 'acme', source: '/heliograph/spec' });
    await this.publisher.publish([{ contract: EVENTS.templateState, event }]);
  }

  async publishEvents(events: readonly OutgoingEvent[]): Promise<void> {
    await this.publisher.publish(events);
  }

  partitionOf({ conversationId }: Parties): number {
    return partitionOf(conversationId, this.config.conversationPartitions);
  }

  /** Writes what session-state would: the customer wrote so long ago, in this provider conversation. */
  async customerWrote(
    command: SendMessage,
    { hoursAgo = 1, ...session }: { hoursAgo?: number } & Partial<SessionSnapshot> = {},
  ): Promise<void> {
    const { conversationId } = command;
    const partition = partitionOf(conversationId, this.config.conversationPartitions);
    const at = Date.now() - hoursAgo * HOUR;
    const state = { state: 'open', lastCustomerMessageAt: new Date(at).toISOString(), ...session };
    await this.redis.client.hset(sessionKey(partition, conversationId), 'state', JSON.stringify(state));
    await this.redis.client.set(windowKey(partition, conversationId), at);
  }

  /** Writes what session-state would when the contact writes STOP: whatever begins from here on is suppressed. */
  async contactStops(command: Parties, changeId: string = randomUUID()): Promise<void> {
    const stops = new EarlyStops(this.redis, (key) => partitionOf(key, this.config.conversationPartitions));
    await stops.remember(this.consentOf(command), { at: Date.now(), changeId });
  }

  /** Writes where the contact stands, as session-state would. */
  async contactStands(command: Parties, purposes: Partial<ConsentPurposes>): Promise<void> {
    const of = this.consentOf(command);
    const partition = partitionOf(consentKey(of), this.config.conversationPartitions);
    const unknown = { state: 'unknown' } as const;
    const all = JSON.stringify({ all: unknown, marketing: unknown, ...purposes });
    await this.redis.client.hset(consentStateKey(partition, of), 'purposes', all);
  }

  /** Redis has lost what contacts of this one's partition have said. */
  async consentIsLost(command: Parties): Promise<void> {
    const partition = partitionOf(consentKey(this.consentOf(command)), this.config.conversationPartitions);
    await this.redis.client.del(fenceKey(partition, CONSENT_GROUP));
  }

  consentOf({ tenant, channel, contact: address }: Parties): { tenant: string; subject: string } {
    return { tenant, subject: new Subjects(CONSENT_KEY).of({ tenant, channel, address }) };
  }

  /** Says what session-state would after a loss of Redis: the sessions of every partition are there again, and what contacts have said. */
  async sessionsAreBack(): Promise<void> {
    await this.admitted(SESSION_STATE);
    await this.admitted(CONSENT_GROUP);
  }

  private async admitted(group: string): Promise<void> {
    const gate = new FencedGate(this.redis, { group });
    for (let partition = 0; partition < this.config.conversationPartitions; partition++) {
      await waitFor(() => gate.admit(partition, 1), { description: `partition ${partition} of ${group} is back` });
    }
  }

  /** Attempts to open a conversation for one of the messages that have begun and not ended. */
  async attemptsInFlight(commands: readonly SendMessage[]): Promise<number> {
    const pipeline = this.redis.client.pipeline();
    for (const { conversationId, messageId } of commands) {
      const partition = partitionOf(conversationId, this.config.conversationPartitions);
      pipeline.hget(partitionKey(partition, 'ledger', `${messageId}.open`), 'state');
    }
    return (await pipeline.exec())!.filter(([, state]) => state === 'inflight').length;
  }

  /** What was published of a message, oldest first. */
  factsOf({ messageId }: SendMessage): CloudEvent<Record<string, unknown>>[] {
    return this.outbound.filter(({ data }) => data.messageId === messageId);
  }

  /** The first outcome of a command. */
  async outcome(command: SendMessage, timeoutMs = 20_000): Promise<{ type: string } & Record<string, unknown>> {
    const description = `message ${command.messageId} has an outcome`;
    const { type, data } = await waitFor(() => this.factsOf(command)[0], { timeoutMs, description });
    return { ...data, type };
  }
}

const SECOND_CLIENT = { id: 'second-client', secretFile: 'secret' };

/** Its templates name no sender to the provider, so it is the only one of its channel. */
const notifyingSender = (account: string): object => ({
  ...{ name: `notify-${account}`, channel: 'whatsapp', addresses: ['+15550009871'], queueId: 'queue-1' },
  agentless: true,
});

/** The numbers of the sender `pool-<account>`. */
export const POOL = ['+15550001001', '+15550001002', '+15550001003'];

/** High, except for the numbers of a pool: those have little at once. */
const LIMITS = { tenant: { requests: 100_000, perSeconds: 60 }, agentless: null, campaign: null, pair: null };

function accountEntry(id: string, address: string, requestTimeoutMs: number): object {
  const sender = { addresses: ['+15550009876'], queueId: 'queue-1' };
  return {
    id,
    tenant: 'acme',
    profile: 'genesys-guide',
    api: { baseUrl: `${address}/${id}`, tokenUrl: `${address}/${id}/api/v2/oauth2/token` },
    client: { id: 'client', secretFile: 'secret' },
    webhookSecretFiles: ['secret'],
    limits: LIMITS,
    requestTimeoutMs,
    // The stub knows no engagements.
    checkSenders: false,
    senders: [
      { ...sender, name: `sms-${id}`, channel: 'sms', optInOnRecord: true },
      { ...sender, name: `whatsapp-${id}`, channel: 'whatsapp' },
      { ...sender, name: `opted-${id}`, channel: 'whatsapp', addresses: ['+15550009870'], optInOnRecord: true },
      { ...sender, name: `open-${id}`, channel: 'open', addresses: ['acme:kiosk'], optInOnRecord: true },
      { ...sender, name: `email-${id}`, channel: 'email', addresses: ['news@acme.example'], optInOnRecord: true },
      { ...sender, name: `pool-${id}`, channel: 'sms', addresses: POOL, optInOnRecord: true },
    ],
  };
}
