import type { RequestRecord } from '../evidence/request-log.ts';
import { addressHash } from '../exchange/digest.ts';
import type { Admission, Principal } from '../exchange/principal.ts';
import { FaultSet } from '../faults/fault-set.ts';
import { AccountLimiter } from '../limits/account-limiter.ts';
import { ConversationStore } from '../messaging/conversation-store.ts';
import type { AccountSettings, SenderSettings } from '../settings/account-settings.ts';
import type { Channel } from '../settings/addresses.ts';
import { RoutingTable } from '../routing/routing-table.ts';
import { SubscriptionStore } from '../subscriptions/subscription-store.ts';
import { MessagingTemplateStore } from '../templates/messaging-templates.ts';
import { TemplateStore } from '../templates/template-store.ts';
import type { Random } from '../world/random.ts';

/** One set of credentials with everything that happens under it. `settings` may be changed while it runs. */
export class Account implements Principal {
  readonly settings: AccountSettings;
  readonly #limiter: AccountLimiter;
  readonly faults: FaultSet;
  readonly templates: TemplateStore;
  /** Of SMS and e-mail. */
  readonly messagingTemplates: MessagingTemplateStore;
  readonly conversations = new ConversationStore();
  readonly subscriptions = new SubscriptionStore();
  readonly routing: RoutingTable;
  /** How often something is left undone from now on; set through the control API. */
  readonly stuck = { pending: 0, queued: 0, active: 0 };

  constructor(settings: AccountSettings, random: Random) {
    this.settings = settings;
    this.#limiter = new AccountLimiter(settings.limits);
    this.faults = new FaultSet(random);
    this.templates = new TemplateStore(settings);
    this.messagingTemplates = new MessagingTemplateStore(settings.messagingTemplates);
    this.routing = new RoutingTable(settings);
  }

  get id(): string {
    return this.settings.id;
  }

  get latencyMs(): number {
    return this.settings.latencyMs;
  }

  get periodMs(): number {
    return this.settings.limits.tenant?.periodMs ?? 60_000;
  }

  setLimits(limits: AccountSettings['limits']): void {
    this.settings.limits = limits;
    this.#limiter.limits = limits;
  }

  admit(record: RequestRecord): Admission {
    this.#describe(record);
    const { tenantLeft: left, full, ...verdict } = this.#limiter.arrive(record);
    const code =
      full.length > 0 && full.every((limit) => limit === 'templates') ? 'template.limit.exceeded' : undefined;
    return { ...verdict, left, namesMoment: this.settings.limits.retryAfter, ...(code !== undefined && { code }) };
  }

  /** One of the account's OAuth clients. */
  client(id: string): AccountSettings['client'] | undefined {
    const { client, secondaryClient } = this.settings;
    return [client, secondaryClient].find((one) => one?.id === id);
  }

  sender(channel: Channel, address: string): SenderSettings | undefined {
    return this.settings.senders.find((sender) => sender.channel === channel && sender.address === address);
  }

  /** What an agentless message of a channel is sent from: its first number, for no guide has a field for it. */
  agentlessSender(channel: string): SenderSettings | undefined {
    return this.settings.senders.find((sender) => sender.channel === channel);
  }

  /** Those of the settings; without them one for each channel that has numbers, with those of its senders. */
  get engagements(): readonly object[] {
    const { engagements, senders } = this.settings;
    const numbers = senders.filter(({ address }) => address.startsWith('+'));
    const ofChannels = Map.groupBy(numbers, ({ channel }) => channel);
    const made = [...ofChannels].map(([channel, of]) => ({
      id: `engagement-${channel}`,
      provider: 'META',
      type: channel.toUpperCase(),
      phone_numbers: of.map(({ address }) => address),
    }));
    return engagements ?? made;
  }

  /** Whether this is one of the times that something is left undone. */
  leaves(undone: keyof Account['stuck']): boolean {
    if (this.stuck[undone] === 0) return false;
    this.stuck[undone]--;
    return true;
  }

  /** Notes what a message counts against; whether it may be sent is judged later. */
  #describe(record: RequestRecord): void {
    if (record.agentless !== undefined) return this.#describeAgentless(record, record.agentless);
    const { method, path, contactId, template, language } = record;
    const contacted = contactId === undefined ? undefined : this.conversations.ofContact(contactId);
    if (contacted) record.conversationId = contacted.id;
    if (method !== 'POST' || !path.endsWith('/messages') || record.conversationId === undefined) return;
    const pair = this.conversations.find(record.conversationId)?.pair;
    if (pair) record.number = `${pair.channel}:${pair.sender}`;
    if (contacted) record.toHash = addressHash(`${contacted.pair.channel}:${contacted.pair.contact}`);
    if (template === undefined) return;
    record.templateStatus = this.templates.find(template, language ?? '')?.status;
    record.traffic = this.templates.isMarketing(template) ? 'campaign' : 'agentless';
  }

  #describeAgentless(record: RequestRecord, channel: string): void {
    const sender = this.agentlessSender(channel);
    if (sender) record.number = `${channel}:${sender.address}`;
    record.traffic = 'agentless';
    const { template, templateId, language } = record;
    if (templateId !== undefined) {
      const known = this.messagingTemplates.byId(templateId);
      record.template = known?.name;
      record.templateStatus = known?.status;
    } else if (template !== undefined) {
      record.templateStatus = this.templates.find(template, language ?? '')?.status;
      if (this.templates.isMarketing(template)) record.traffic = 'campaign';
    }
  }
}
