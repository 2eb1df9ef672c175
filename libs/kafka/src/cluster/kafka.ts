import type { TopicDefinition } from '@heliograph/contracts';
import type { Kafka as KafkajsClient } from 'kafkajs';
import { kafkaSettings, type KafkaLog, type KafkaOptions, type KafkaSettings } from '../settings.ts';
import { openClient } from './client.ts';

/**
 * One Kafka cluster as the pipeline uses it. Topics and groups go by their logical names, those of the contracts; the
 * physical ones carry the namespace. Holds no connection: each publisher, consumer and reader opens and closes its own.
 */
export class Kafka {
  /** The client library, for the inside of libs/kafka only. */
  readonly client: KafkajsClient;

  constructor(
    readonly settings: KafkaSettings,
    readonly log: KafkaLog,
  ) {
    this.client = openClient(settings, log).client;
  }

  physical(topic: string): string {
    return this.settings.namespace + topic;
  }

  /** @throws Error for a topic outside the namespace */
  logical(physicalTopic: string): string {
    const { namespace } = this.settings;
    if (!physicalTopic.startsWith(namespace)) {
      throw new Error(`topic ${physicalTopic} is not in the namespace ${namespace}`);
    }
    return physicalTopic.slice(namespace.length);
  }

  physicalGroup(group: string): string {
    return this.settings.namespace + group;
  }

  /** Partitions a topic has by its contract. */
  partitionsOf(topic: TopicDefinition): number {
    return topic.partitions === 'conversation' ? this.settings.conversationPartitions : topic.partitions;
  }
}

const silent: KafkaLog = { debug: () => undefined, warn: () => undefined };

/**
 * Describes a cluster. Connects to nothing yet.
 *
 * @throws Error that names every setting that is wrong
 */
export function connectKafka(options: KafkaOptions, log: KafkaLog = silent): Kafka {
  return new Kafka(kafkaSettings(options), log);
}
