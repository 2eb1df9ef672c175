import {
  campaignMessageId,
  conversationId,
  decodeEvent,
  EVENTS,
  factId,
  partiesOf,
  partitionMarkId,
  TOPICS,
  type CampaignDefinition,
  type CampaignEntry,
  type CampaignProgress,
  type CampaignReason,
  type CampaignRecipient,
  type CampaignState,
  type CloudEvent,
  type Parties,
  type SendMessage,
  type TimelineEntry,
  type TopicDefinition,
} from '@heliograph/contracts';
import { CAMPAIGN_GROUP, heldKey, messagesKey, ProgressReader, progressKey } from '@heliograph/campaigns';
import { Subjects } from '@heliograph/consent';
import {
  connectKafka,
  ensureTopics,
  EventPublisher,
  newEvent,
  readPartition,
  topicReader,
  type Delivery,
  type OutgoingEvent,
} from '@heliograph/kafka';
import { fenceKey, RedisClient } from '@heliograph/redis';
import { Unavailable } from '@heliograph/runtime';
import { testKafkaBrokers, testRedisUrl, uniqueNamespace } from '@heliograph/testing';
import { CountingService } from '../src/counting/counting.service.ts';
import { CountsStore } from '../src/counting/counts.store.ts';
import { EndedLately } from '../src/counting/ended-lately.ts';
import { ExpansionStore } from '../src/expansion/expansion.store.ts';
import { HeldCommands } from '../src/expansion/held-commands.ts';
import { PartitionExpansion } from '../src/expansion/partition-expansion.ts';
import { RecipientReaders } from '../src/expansion/recipient-readers.ts';
import { LOOK_AHEAD, type LookAhead } from '../src/expansion/shares.ts';
import { TopicFetchers } from '../src/expansion/topic-fetchers.ts';
import { FrequencyCaps } from '../src/frequency/frequency-caps.ts';
import { FrequencyStore } from '../src/frequency/frequency.store.ts';
import { PartitionRebuild } from '../src/rebuild/partition-rebuild.ts';
import { definitionOf, isoAt, stateOf } from './campaign-builders.ts';

export const PARTITION = 0;
const CONSENT_KEY = 'k'.repeat(32);
const SOURCE = '/heliograph/spec';

/** Before which of its steps a process ends: commands are published, then that is written down. */
export type Ending = 'publish' | 'note';

/** What a message is told to be. */
export type Tell = Pick<CampaignEntry, 'status' | 'code' | 'reply' | 'optOut'> & {
  readonly held?: { readonly cause: 'campaign' | 'quiet-hours'; readonly resumeAt?: string };
};

/** A process of the service: it shares nothing with others but Redis and Kafka. */
export interface Worker {
  readonly expansion: PartitionExpansion;
  readonly counting: CountingService;
}

/** What expands and counts campaigns, on real Kafka and Redis, with the fence of its one partition in the test's hands. */
export class ExpansionBench {
  readonly namespace = uniqueNamespace('expansion');
  readonly kafka = connectKafka({
    ...{ brokers: testKafkaBrokers(), clientId: 'spec', namespace: this.namespace, conversationPartitions: 1 },
  });
  readonly publisher = new EventPublisher(this.kafka);
  readonly redis = new RedisClient({ url: testRedisUrl(), namespace: this.namespace });
  readonly caps = new FrequencyCaps(new FrequencyStore(this.redis), this.redis, new Subjects(CONSENT_KEY), 1);
  readonly fetchers = new TopicFetchers(this.kafka);
  readonly states = new Map<string, CampaignState>();
  /** Why nothing of a campaign may be given. */
  problems: readonly CampaignReason[] = [];
  /** By language, the code with which its recipients end. */
  readonly languageProblems = new Map<string, string>();
  lookAhead: LookAhead = LOOK_AHEAD;
  /** Of people's moments. */
  now = Date.parse(isoAt(0));
  token = '';
  private generation = 0;
  private readonly sequences = new Map<string, number>();
  private counted = 0;

  static async open(): Promise<ExpansionBench> {
    const bench = new ExpansionBench();
    await bench.redis.whenUp();
    const { campaignRecipient, campaignCommand, conversationTimeline } = TOPICS;
    await ensureTopics(bench.kafka, [campaignRecipient, campaignCommand, conversationTimeline]);
    await bench.fence();
    return bench;
  }

  async close(): Promise<void> {
    await this.fetchers.close();
    await this.publisher.close();
    await this.redis.close();
  }

  /** Puts the next generation in force. */
  async fence(): Promise<string> {
    this.token = `${this.redis.runId}|0.${++this.generation}`;
    await this.redis.client.set(fenceKey(PARTITION, CAMPAIGN_GROUP), this.token);
    return this.token;
  }

  worker(ending?: Ending, endedLately = new EndedLately()): Worker {
    const { caps } = this;
    const campaigns = this.campaigns();
    const store = ending === 'note' ? new EndingStore(this.redis) : new ExpansionStore(this.redis);
    const publisher = ending === 'publish' ? ENDING : this.publisher;
    const expansion = new PartitionExpansion({
      ...{ campaigns, store, caps, publisher, endedLately, lookAhead: this.lookAhead, partitions: 1 },
      problems: () => this.problems,
      languageProblem: (_definition, language) => this.languageProblems.get(language),
      recipients: new RecipientReaders(this.fetchers.of(TOPICS.campaignRecipient)),
      held: new HeldCommands(this.fetchers.of(TOPICS.conversationTimeline)),
      clock: () => this.now,
    });
    return {
      expansion,
      counting: new CountingService({ counts: new CountsStore(this.redis), caps, campaigns, endedLately }),
    };
  }

  /** A running campaign, of a sender of its own if nothing else is said. */
  campaign(over: Partial<CampaignDefinition> = {}, accepted = 10): CampaignDefinition {
    const definition = definitionOf({ sender: `alerts ${this.states.size}`, ...over });
    const uploads = { rows: accepted, accepted, invalid: 0, repeated: 0, suppressed: 0 };
    this.set(stateOf({ definition, state: 'running', uploads }));
    return definition;
  }

  set(state: CampaignState): void {
    this.states.set(state.campaignId, state);
  }

  /** Changes where a campaign stands. */
  move({ campaignId }: CampaignDefinition, to: Partial<CampaignState>): void {
    this.set({ ...this.states.get(campaignId)!, ...to });
  }

  /** @param contacts one each, repeats among them */
  async recipients(
    definition: CampaignDefinition,
    contacts: readonly string[],
    isClosed = true,
    language = 'en',
  ): Promise<void> {
    const rows = contacts.map((contact, index) => recipientOf(definition, contact, index + 1, language));
    const { campaignRecipient, campaignRecipientsClosed } = EVENTS;
    const events: OutgoingEvent[] = rows.map((row) => eventOf(campaignRecipient, row.messageId, row));
    if (isClosed) {
      const { campaignId, tenant } = definition;
      const mark = { conversationId: partitionMarkId(campaignId, 0), campaignId, tenant, partition: 0, at: isoAt(0) };
      events.push(eventOf(campaignRecipientsClosed, factId(campaignId, events.length), mark));
    }
    await this.publisher.publish(events);
  }

  /** As often as they were given. */
  commands(definition?: CampaignDefinition): Promise<SendMessage[]> {
    return this.read<SendMessage>(TOPICS.campaignCommand, (command) =>
      definition ? command.campaign?.campaignId === definition.campaignId : true,
    );
  }

  /** Puts what became of a message on the timeline. */
  async tell(command: SendMessage, { held, ...campaign }: Tell, at = isoAt(0)): Promise<void> {
    const { messageId } = command;
    const { campaignId } = command.campaign!;
    const sequence = (this.sequences.get(command.conversationId) ?? 0) + 1;
    this.sequences.set(command.conversationId, sequence);
    const id = factId(`${messageId}/${sequence}`);
    const { divertedFrom } = command;
    const fact = held ? { messageId, command, ...held } : { messageId, ...(divertedFrom && { divertedFrom }) };
    const entry: TimelineEntry = {
      ...partiesOf(command),
      ...{ sequence, session: 1, kind: held ? 'message.held' : 'message.told', factId: id, at, fact },
      campaign: { campaignId, messageId, ...campaign, ...(held && { status: 'queued' }) },
    };
    await this.publisher.publish([eventOf(EVENTS.timelineEntry, id, entry)]);
  }

  /** Hands what is new on the timeline to a process that counts. @param again all of it */
  async count({ counting }: Worker, again = false): Promise<void> {
    const from = again ? 0 : this.counted;
    const handled: Promise<unknown>[] = [];
    const { next } = await readPartition(this.kafka, TOPICS.conversationTimeline, PARTITION, {
      from,
      visit: (record) => {
        const decoded = decodeEvent(TOPICS.conversationTimeline.name, record);
        if (!decoded.ok) throw new Error(JSON.stringify(decoded.problems));
        const delivery = { partition: PARTITION, offset: record.offset, fence: this.token } as Delivery;
        handled.push(counting.handle(decoded.event as CloudEvent<TimelineEntry>, delivery));
      },
    });
    await Promise.all(handled);
    this.counted = next;
  }

  progress({ campaignId }: CampaignDefinition): Promise<CampaignProgress> {
    return new ProgressReader(this.redis, 1).of(this.states.get(campaignId)!);
  }

  async isDrained({ campaignId }: CampaignDefinition): Promise<boolean> {
    return (await new ProgressReader(this.redis, 1).standing(this.states.get(campaignId)!)).isDrained;
  }

  /** Loses what Redis has of campaigns and contacts, and rebuilds the partition as the gate of the next generation would. */
  async loseAndRebuild(): Promise<void> {
    const ids = [...this.states.keys()];
    const own = ids.flatMap((id) => [progressKey(PARTITION, id), messagesKey(PARTITION, id), heldKey(PARTITION, id)]);
    const contacts = await this.redis.client.keys(`${this.namespace}{c*`);
    await this.redis.client.del(...own, ...contacts.map((key) => key.slice(this.namespace.length)));
    await this.rebuild();
  }

  /** Rebuilds the partition over what is there. */
  async rebuild(): Promise<void> {
    const generation = ++this.generation;
    const token = `${this.redis.runId}|0.${generation}`;
    await this.redis.client.set(fenceKey(PARTITION, CAMPAIGN_GROUP), `${token}|rebuilding`);
    const { redis, caps } = this;
    const rebuild = new PartitionRebuild({
      ...{ redis, caps, campaigns: this.campaigns(), clock: () => this.now, log: { info: () => undefined } },
      ...{ counts: new CountsStore(redis), expansion: new ExpansionStore(redis), topics: topicReader(this.kafka) },
      moments: (topic) => this.fetchers.of(topic),
    });
    await rebuild.run(PARTITION, generation);
    this.token = token;
    await redis.client.set(fenceKey(PARTITION, CAMPAIGN_GROUP), token);
  }

  private campaigns() {
    return {
      caughtUp: Promise.resolve(),
      running: () => [...this.states.values()].filter(({ state, ending }) => state === 'running' && !ending),
      all: () => [...this.states.values()],
      of: (id: string) => this.states.get(id),
    };
  }

  private async read<T>(topic: TopicDefinition, isWanted: (data: T) => boolean): Promise<T[]> {
    const found: T[] = [];
    await readPartition(this.kafka, topic, PARTITION, {
      visit: (record) => {
        const decoded = decodeEvent(topic.name, record);
        if (!decoded.ok) throw new Error(JSON.stringify(decoded.problems));
        if (isWanted(decoded.event.data as T)) found.push(decoded.event.data as T);
      },
    });
    return found;
  }
}

/** So many contacts, each another one. */
export const contactsOf = (count: number, from = 0): string[] =>
  Array.from({ length: count }, (_, index) => `+1555${String(from + index).padStart(7, '0')}`);

export function recipientOf(
  definition: CampaignDefinition,
  contact: string,
  line: number,
  language = 'en',
): CampaignRecipient {
  const { campaignId, tenant, account, channel, sender } = definition;
  return {
    conversationId: conversationId(tenant, channel, sender, contact),
    ...{ tenant, account, channel, sender, contact, campaignId, line },
    messageId: campaignMessageId(tenant, campaignId, channel, contact),
    uploadId: factId(campaignId),
    content: { type: 'template', name: 'spring_sale', language, variables: {} },
    at: isoAt(0),
  };
}

function eventOf<T extends Pick<Parties, 'conversationId' | 'tenant'>>(
  contract: OutgoingEvent['contract'],
  id: string,
  data: T,
): OutgoingEvent {
  const { conversationId: key, tenant } = data;
  return { contract, event: newEvent(contract, { id, key, data, tenant, source: SOURCE }) };
}

const ENDING = { publish: () => Promise.reject(new Unavailable('kafka', 'the process has ended')) };

class EndingStore extends ExpansionStore {
  override give(): Promise<boolean> {
    return Promise.reject(new Unavailable('redis', 'the process has ended'));
  }
}
