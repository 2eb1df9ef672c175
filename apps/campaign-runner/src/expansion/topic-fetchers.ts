import type { TopicDefinition } from '@heliograph/contracts';
import { PartitionFetcher, type Kafka } from '@heliograph/kafka';

/** One reader for each topic that is read at places. */
export class TopicFetchers {
  private readonly fetchers = new Map<string, PartitionFetcher>();

  constructor(private readonly kafka: Kafka) {}

  of(topic: TopicDefinition): PartitionFetcher {
    const fetcher = this.fetchers.get(topic.name) ?? new PartitionFetcher(this.kafka, topic);
    this.fetchers.set(topic.name, fetcher);
    return fetcher;
  }

  async close(): Promise<void> {
    await Promise.all([...this.fetchers.values()].map((fetcher) => fetcher.close()));
  }
}
