import { NOTHING_SAID, Subjects } from '@heliograph/consent';
import { ContentFilters } from '@heliograph/content-filters';
import { encodeEvent, EVENTS, factId, headerText, TOPICS, type SendMessage } from '@heliograph/contracts';
import { SessionReader } from '@heliograph/conversations';
import {
  connectKafka,
  DeadLetterWriter,
  EventPublisher,
  LaneConsumer,
  newEvent,
  type Delivery,
  type PartitionGate,
} from '@heliograph/kafka';
import { LedgerStore, type RedisClient } from '@heliograph/redis';
import {
  parties,
  ServiceWorld,
  SimulatedReader,
  whole,
  type Fault,
  type GatedRedis,
  type ScriptRun,
  type SimulatedMember,
  type SimulatedProcess,
  type SimulatedSender,
  type Simulation,
  type StoredRecord,
} from '@heliograph/testing';
import type { SendingAccounts } from '../../src/accounts/sending-accounts.ts';
import { COMMAND_TOPICS } from '../../src/commands/command-topics.ts';
import { SERVICE } from '../../src/config.ts';
import { ConsentGate } from '../../src/consent/consent-gate.ts';
import { ContactFinder } from '../../src/contacts/contact-finder.ts';
import { DoubtStore } from '../../src/rebuild/doubt.store.ts';
import { LedgerRebuild } from '../../src/rebuild/ledger-rebuild.ts';
import { Places } from '../../src/routes/places.ts';
import { RouteStore } from '../../src/routes/route.store.ts';
import type { RoutingCheck } from '../../src/routing/routing-check.ts';
import { ConversationOpener } from '../../src/sending/conversation-opener.ts';
import { LedgeredCall } from '../../src/sending/ledgered-call.ts';
import { MessageDelivery } from '../../src/sending/message-delivery.ts';
import { MessageSender } from '../../src/sending/message-sender.ts';
import { OutcomeFacts } from '../../src/sending/outcome-facts.ts';
import { OutgoingContents } from '../../src/sending/outgoing-contents.ts';
import { SendGates } from '../../src/sending/send-gates.ts';
import { WindowPolicies } from '../../src/sending/window-policy.ts';
import { TemplateChoices } from '../../src/templates/template-choices.ts';
import type { TemplateTable } from '../../src/templates/template-table.ts';
import { gateOf, sendingAccount } from './dispatch-parts.ts';
import { SimulatedProvider, type Arrival } from './simulated-provider.ts';

const PARTITIONS = 1;
const MOST_CONTACTS = 2;
const COMMANDS = 6;

const kafka = connectKafka({ brokers: ['nowhere:1'], clientId: 'simulation', conversationPartitions: PARTITIONS });
const SUBJECTS = new Subjects('a key of thirty-two bytes or more');
/** What a wrong variant replaces. */
export interface DispatchVariant {
  readonly ledger?: (redis: RedisClient) => LedgerStore;
  readonly doubtfulSince?: () => undefined;
}

interface Outcome {
  readonly type: string;
  readonly marked: boolean;
}

/** The dispatcher: fence, ledger, opening and sending, outcome facts, the rebuild after Redis was lost. */
export class DispatchWorld extends ServiceWorld {
  private readonly provider: SimulatedProvider;
  private readonly commands: SendMessage[];
  private readonly outcomes = new Map<string, Outcome[]>();
  /** Lanes: the longer they are, the more can be overtaken. */
  private readonly contacts: number;
  private written = 0;

  constructor(
    simulation: Simulation,
    redis: GatedRedis,
    private readonly variant: DispatchVariant = {},
  ) {
    super({
      simulation,
      redis,
      inputs: COMMAND_TOPICS.map(({ name }) => name),
      partitions: PARTITIONS,
      fenced: ['begin-send', 'save-route'],
    });
    this.provider = new SimulatedProvider(simulation);
    this.provider.onArrival = (arrival) => this.checkArrival(arrival);
    this.contacts = 1 + whole(simulation.data, MOST_CONTACTS);
    this.commands = Array.from({ length: COMMANDS }, (_, index) => this.command(index));
    for (const command of this.commands) this.provider.plan(command);
    this.topics.onAppend((record) => this.appended(record));
  }

  override start(): void {
    super.start();
    // Mostly the service is at work already: what is on the topic when a first fence is raised counts as in doubt.
    if (this.simulation.data() < 0.2) this.beginToWrite();
  }

  override faults(): Fault[] {
    return [
      ...super.faults(),
      ...this.provider.faults(),
      ...this.fleet.running.map((process) => this.cutOffFromProvider(process)),
    ];
  }

  /** Its request arrives after others have taken over. */
  private cutOffFromProvider(process: SimulatedProcess): Fault {
    return {
      kind: 'cut off from the provider',
      label: `${process.name} is cut off from provider and group at its next call`,
      weight: this.simulation.isBusy(process) ? 0.7 : 0.05,
      run: (detail) => this.provider.cutOffAtNextCall(process, detail, () => this.fleet.dropMember(process)),
    };
  }

  /** No command without an outcome, and none that is not true. */
  atEnd(): void {
    for (const { messageId, content } of this.commands) {
      const outcomes = this.outcomes.get(messageId) ?? [];
      const times = this.provider.arrivals.filter(({ text }) => text === content.text).length;
      const says = outcomes.map(({ type, marked }) => `${type}${marked ? ' (marked)' : ''}`).join(', ');
      const what = `message ${content.text} arrived ${times} times, and its outcome is: ${says || 'none'}`;
      if (outcomes.length === 0) this.simulation.violate(`lost: ${what}`);
      if (times > 1 && !outcomes.some(({ marked }) => marked)) this.simulation.violate(`repeated: ${what}`);
      const untrue = outcomes.some(({ type }) => type === (times === 0 ? 'message.sent' : 'message.failed'));
      if (untrue) this.simulation.violate(`untrue: ${what}`);
    }
  }

  protected override scriptRan({ script }: ScriptRun): void {
    if (script === 'establish-fence') this.beginToWrite();
  }

  protected isAllWritten(): boolean {
    return this.written === COMMANDS;
  }

  protected boot(process: SimulatedProcess, member: SimulatedMember, sender: SimulatedSender): void {
    const redis = this.redis.connect<RedisClient>(process);
    const publisher = Object.assign(new EventPublisher(kafka), { sender }) as unknown as EventPublisher;
    const facts = new OutcomeFacts(publisher);
    const ledger = this.watched(this.variant.ledger?.(redis) ?? new LedgerStore(redis, { group: SERVICE }));
    const doubt = new DoubtStore(redis, SERVICE);
    const routes = new RouteStore(redis, new SessionReader(redis), SERVICE);
    const since = this.variant.doubtfulSince ?? ((delivery: Delivery) => doubt.since(delivery));
    const calls = new LedgeredCall(ledger, since);
    const contents = new OutgoingContents(ContentFilters.none);
    const table = { refusal: () => undefined } as unknown as TemplateTable;
    const lookUps = { before: () => undefined, assure: () => undefined };
    const gates = new SendGates(table, { windowMarginMs: 0 }, contents, lookUps);
    const sending = sendingAccount(this.provider.client(process), COMMANDS);
    const accounts = { byId: () => sending } as unknown as SendingAccounts;
    // Queues are another matter: every one is there.
    const routing = { check: async () => undefined, refresh: () => false } as unknown as RoutingCheck;
    const opener = new ConversationOpener(routes, calls, facts, routing);
    const places = new Places(routes);
    const windows = new WindowPolicies(redis, gates);
    // Nobody has opted out; what forbids a send is another matter.
    const consent = new ConsentGate({ known: async () => ({ purposes: NOTHING_SAID, stop: undefined }) }, SUBJECTS);
    const delivery = new MessageDelivery({
      routes,
      places,
      opener,
      contacts: new ContactFinder(),
      calls,
      gates,
      lookUps,
      leave: consent,
    });
    // Texts only.
    const templates = new TemplateChoices(table, undefined as never);
    const sends = { accounts, routes, delivery, calls, facts, gates, windows, leave: consent, templates };
    const messages = new MessageSender({ ...sends, holdMs: 0, log: { warn: () => undefined } });
    const topics = new SimulatedReader(this.group, process);
    // Those of session-state have a simulation of their own.
    const sessions = { isWhole: async () => true };
    const log = { info: () => undefined };
    const rebuild = new LedgerRebuild({ topics, redis, ledger, routes, sessions, doubt, log });
    void this.consumer(member, publisher, messages, gateOf(redis, rebuild, doubt)).start();
  }

  private consumer(
    source: SimulatedMember,
    publisher: EventPublisher,
    messages: MessageSender,
    gate: PartitionGate,
  ): LaneConsumer {
    return new LaneConsumer({
      topics: COMMAND_TOPICS,
      prioritised: true,
      source,
      gate,
      deadLetters: new DeadLetterWriter(
        publisher,
        SERVICE,
        new Map(COMMAND_TOPICS.map((topic) => [topic.name, topic])),
      ),
      handle: (delivery) => messages.send(delivery.event.data as SendMessage, delivery),
      beforeDeadLetter: async (delivery, reason) =>
        this.simulation.violate(`${(delivery.event.data as SendMessage).content.text} was dead-lettered: ${reason}`),
      onCrash: () => undefined,
      observer: { received() {}, finished() {}, failed() {}, dead() {}, parked() {}, returned() {}, event() {} },
    });
  }

  /** A known answer is not thrown away: what `finish` turns down is not in flight under that attempt any more. */
  private watched(ledger: LedgerStore): LedgerStore {
    const finish = ledger.finish.bind(ledger);
    ledger.finish = async (partition, entryId, attempt, state, result) => {
      const accepted = await finish(partition, entryId, attempt, state, result);
      if (!accepted) {
        this.simulation.add(`it is seen what became of ${entryId}`, async () => {
          const found = await this.redis.look('HMGET', `{p${partition}}:ledger:${entryId}`, 'state', 'attempt');
          const [stored, last] = found as string[];
          if (stored !== 'inflight' || last !== attempt) return;
          this.simulation.violate(`thrown away: the answer to ${entryId} was known, and it is still in flight`);
        });
      }
      return accepted;
    };
    return ledger;
  }

  /** Order at the provider's door: nothing arrives behind a later one of its topic and conversation. Campaigns are never sent again. */
  private checkArrival({ text }: Arrival): void {
    const index = this.commands.findIndex(({ content }) => content.text === text);
    const command = this.commands[index]!;
    const earlier = this.provider.arrivals.slice(0, -1);
    for (const { text: before } of earlier) {
      const other = this.commands.findIndex(({ content }) => content.text === before);
      if (isOneLine(this.commands[other]!, command) && other > index) {
        this.simulation.violate(`swapped: message ${text} arrived behind message ${before}`);
      }
    }
    if (command.class === 'campaign' && earlier.some((one) => one.text === text)) {
      this.simulation.violate(`repeated: campaign message ${text} arrived twice`);
    }
  }

  private appended(record: StoredRecord): void {
    if (record.topic !== TOPICS.conversationOutbound.name) return;
    const type = headerText(record, 'ce_type')!;
    const data = JSON.parse(record.value!.toString()) as { messageId?: string; possiblyRepeated?: boolean };
    const index = this.commands.findIndex(({ messageId }) => messageId === data.messageId);
    if (index < 0) return;
    const command = this.commands[index]!;
    const { messageId, content } = command;
    const marked = data.possiblyRepeated === true || type === EVENTS.messageUnresolved.type;
    const outcomes = this.outcomes.get(messageId) ?? [];
    this.outcomes.set(messageId, [...outcomes, { type, marked }]);
    if (this.losses === 0 && outcomes.some((before) => before.type !== type)) {
      this.simulation.violate(`message ${content.text} had the outcome ${outcomes[0]!.type}, then ${type}`);
    }
    const open = this.commands
      .slice(0, index)
      .find((one) => isOneLine(one, command) && !this.outcomes.has(one.messageId));
    if (open) this.simulation.violate(`swapped: ${content.text} has an outcome before ${open.content.text}`);
  }

  private command(index: number): SendMessage {
    const { data } = this.simulation;
    const to = parties({
      account: 'a',
      channel: 'sms',
      sender: 'support',
      contact: `+1555010000${whole(data, this.contacts)}`,
    });
    return {
      ...to,
      messageId: factId(`command ${index}`),
      class: whole(data, 4) === 0 ? 'campaign' : 'transactional',
      content: { type: 'text', text: `m${index}` },
      acceptedAt: '2026-01-01T00:00:00Z',
    };
  }

  private beginToWrite(): void {
    if (this.written === 0) this.write();
  }

  private write(): void {
    const data = this.commands[this.written++]!;
    const { messageId: id, conversationId: key, tenant } = data;
    const contract = data.class === 'campaign' ? EVENTS.campaignMessage : EVENTS.sendMessage;
    const event = newEvent(contract, { id, key, data, tenant, source: '/simulation' });
    this.topics.append(topicOf(data).name, 0, encodeEvent(event));
    if (this.written < COMMANDS)
      this.simulation.later(Math.max(0, whole(this.simulation.data, 6) - 2) * 700, () => this.write());
  }
}

const topicOf = ({ class: of }: SendMessage) =>
  of === 'campaign' ? TOPICS.campaignCommand : TOPICS.conversationCommand;

/** Whether the order of two commands counts. */
function isOneLine(one: SendMessage, other: SendMessage): boolean {
  return one.conversationId === other.conversationId && topicOf(one) === topicOf(other);
}
