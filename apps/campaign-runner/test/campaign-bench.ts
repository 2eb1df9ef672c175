import { decodeEvent, TOPICS, type CampaignState, type CloudEvent } from '@heliograph/contracts';
import { CampaignGate, gateKey } from '@heliograph/campaigns';
import {
  connectKafka,
  ensureTopics,
  EventPublisher,
  readPartition,
  topicReader,
  type Delivery,
} from '@heliograph/kafka';
import { fenceKey, RedisClient } from '@heliograph/redis';
import { Unavailable } from '@heliograph/runtime';
import { testKafkaBrokers, testRedisUrl, uniqueNamespace } from '@heliograph/testing';
import { CampaignGates } from '../src/campaigns/campaign-gates.ts';
import { CampaignPublisher } from '../src/campaigns/campaign.publisher.ts';
import { CampaignRebuild } from '../src/campaigns/campaign-rebuild.ts';
import { CampaignStore } from '../src/campaigns/campaign.store.ts';
import { CampaignTable } from '../src/campaigns/campaign-table.ts';
import { CampaignsService } from '../src/campaigns/campaigns.service.ts';
import { campaignStateKey, gateVersionKey } from '../src/campaigns/keys.ts';
import { ORDERS_GROUP } from '../src/config.ts';
import type { CampaignAsked } from '../src/fold/fold-order.ts';

const PARTITION = 0;
const PUBLISH_MS = 300;
const quiet = { info: () => undefined, warn: () => undefined };

/** Before which of its steps a process ends: the state is written, then its gate set, then it is published, then that is noted. */
export type Ending = 'gate' | 'publish' | 'note';

/** What moves campaigns, on real Kafka and Redis, with the fence of its one partition in the test's hands. */
export class CampaignBench {
  readonly namespace = uniqueNamespace('campaigns');
  readonly kafka = connectKafka({
    ...{ brokers: testKafkaBrokers(), clientId: 'spec', namespace: this.namespace, conversationPartitions: 1 },
  });
  readonly publisher = new EventPublisher(this.kafka);
  readonly redis = new RedisClient({ url: testRedisUrl(), namespace: this.namespace });
  readonly gate = new CampaignGate(this.redis);

  static async open(): Promise<CampaignBench> {
    const bench = new CampaignBench();
    await bench.redis.whenUp();
    await ensureTopics(bench.kafka, [TOPICS.campaignOrder, TOPICS.campaignState]);
    return bench;
  }

  async close(): Promise<void> {
    await this.publisher.close();
    await this.redis.close();
  }

  /** A process of the service: it shares nothing with others but Redis and Kafka. */
  worker(ending?: Ending): CampaignsService {
    const gates = ending === 'gate' ? new EndingGates(this.redis) : new CampaignGates(this.redis);
    const publisher = ending === 'publish' ? new EndingPublisher(this.kafka) : this.publisher;
    const store = ending === 'note' ? new EndingStore(this.redis, PUBLISH_MS) : this.store();
    return new CampaignsService(store, new CampaignPublisher(publisher, gates), 2_000, quiet);
  }

  store(): CampaignStore {
    return new CampaignStore(this.redis, PUBLISH_MS);
  }

  async fence(generation: number): Promise<string> {
    const token = `${this.redis.runId}|0.${generation}`;
    await this.redis.client.set(fenceKey(PARTITION, ORDERS_GROUP), token);
    return token;
  }

  /** Loses what Redis has of a campaign and the fence, as a flush does. */
  async lose(campaignId: string): Promise<void> {
    const keys = [campaignStateKey(PARTITION, campaignId), fenceKey(PARTITION, ORDERS_GROUP)];
    for (const key of [...keys, gateKey(campaignId), gateVersionKey(campaignId)]) await this.redis.client.del(key);
  }

  /** Rebuilds the partition as the gate of this generation would. */
  async rebuild(generation: number): Promise<string> {
    await this.redis.client.set(fenceKey(PARTITION, ORDERS_GROUP), `${this.redis.runId}|0.${generation}|rebuilding`);
    const table = new CampaignTable(this.kafka);
    const parts = { topics: topicReader(this.kafka), table, store: this.store(), gates: new CampaignGates(this.redis) };
    await new CampaignRebuild({ ...parts, partitions: 1, publishMs: PUBLISH_MS, log: quiet }).run(
      PARTITION,
      generation,
    );
    await table.close();
    return this.fence(generation);
  }

  /** What is on the topic of a campaign, in order. */
  async states(campaignId: string): Promise<CloudEvent<CampaignState>[]> {
    const found: CloudEvent<CampaignState>[] = [];
    const { campaignState } = TOPICS;
    await readPartition(this.kafka, campaignState, 0, {
      visit: (record) => {
        const decoded = decodeEvent(campaignState.name, record);
        if (!decoded.ok) throw new Error(JSON.stringify(decoded.problems));
        const event = decoded.event as CloudEvent<CampaignState>;
        if (event.data.campaignId === campaignId) found.push(event);
      },
    });
    return found;
  }
}

/** What was asked for, as the consumer hands it over. */
export function deliveryOf(event: CloudEvent<CampaignAsked>, offset: number, fence: string): Delivery {
  const { name: topic } = TOPICS.campaignOrder;
  const origin = `${topic}/${PARTITION}/${offset}`;
  const value = Buffer.from(JSON.stringify(event.data));
  return { topic, partition: PARTITION, offset, event, value, origin, fence, attempt: 1 };
}

const ended = (): never => {
  throw new Unavailable('process', 'it has ended');
};

class EndingGates extends CampaignGates {
  override async set(): Promise<void> {
    ended();
  }
}

class EndingPublisher extends EventPublisher {
  override async publish(): Promise<void> {
    ended();
  }
}

class EndingStore extends CampaignStore {
  override async clear(): Promise<void> {
    ended();
  }
}
